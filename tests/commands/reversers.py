"""Reversing, bound to the fakes, and an audit of what it left behind."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from app.commands.posting import Outcome
from app.commands.record_transaction import record_transaction
from app.commands.reverse_transaction import Reverse, Reversed, Reversing, reverse_transaction
from app.domain.decisions.claw_back import ClawbackPolicy
from app.domain.ledger import Account
from app.domain.purchases import Purchase
from app.domain.reversals import Reversal
from app.ports.ledger import CommandKind, TallyId
from tests.commands.posters import posting
from tests.commands.recorders import recording
from tests.domain.passbooks import findings
from tests.fakes import FakeFacts, FakeTransactions
from tests.purchases import NOW, purchase

TODAY = date(2026, 11, 22)
ALLOW, WITHIN = ClawbackPolicy.ALLOW_NEGATIVE, ClawbackPolicy.WITHIN_BALANCE


def recent(**changes: Any) -> Purchase:
    """5,000 yen with 50 points that still count."""
    return purchase(**{"transaction_date": TODAY, **changes})


async def bought(facts: FakeFacts, **changes: Any) -> Purchase:
    """A recent purchase, recorded."""
    one = recent(**changes)
    await record_transaction(one, using=recording(facts))
    return one


def reversing(
    facts: FakeFacts,
    policy: ClawbackPolicy = ALLOW,
    *,
    attempts: int = 10,
    now: Callable[[], datetime] = lambda: NOW,
) -> Reversing:
    """As one process has it: those of the same facts share no lanes."""
    return Reversing(posting(facts, attempts=attempts, now=now), FakeTransactions(facts), policy, answered)


def answered(done: Reversed) -> bytes:
    """Amount, kickback, clawed back, left."""
    return f"{done.part.amount} {done.part.kickback} {done.clawed_back} {done.left}".encode()


async def reverse(
    using: Reversing,
    amount: int | None = None,
    reversal_id: str = "v1",
    *,
    transaction_id: str = "txn001",
    reason: str | None = None,
) -> Outcome:
    """What is sent decides the fingerprint."""
    command = Reverse(transaction_id, reversal_id, amount, reason, f"{amount} {reason}")
    return await reverse_transaction(command, using=using)


def taken_back(facts: FakeFacts, one: Purchase) -> tuple[int, int]:
    """Yen and kickback, after checking that items, receipts, sums and entries agree and no passbook is broken."""
    items = [fact for fact in facts.further if isinstance(fact, Reversal)]
    mine = [item for item in items if item.line.transaction_id == one.transaction_id]
    steps = [step for (tally, _), step in sorted(facts.tallies.items(), key=lambda pair: pair[0][1])]
    steps = [step for step in steps if step.id == TallyId(CommandKind.REVERSAL, one.transaction_id)]
    receipts = [receipt for receipt in facts.receipts.values() if receipt.id.owner == one.transaction_id]
    assert [step.number for step in steps] == list(range(1, len(mine) + 1))
    assert sorted(receipt.id.ids[0] for receipt in receipts) == sorted(item.reversal_id for item in mine)
    account = Account(one.user_id, one.kickback_type)
    book = facts.passbook(account)
    assert findings(book) == []
    causes = [entry.cause for entry in book if entry.cause.startswith(f"REVERSAL#{one.transaction_id}#")]
    named = [facts.entries[one.account, one.version or 0].cause for one in receipts if one.account is not None]
    assert sorted(causes) == sorted(named)
    amount, kickback = (
        -sum(item.line.transaction_amount for item in mine),
        -sum(item.line.kickback_amount for item in mine),
    )
    assert not steps or (steps[-1].amount, steps[-1].kickback) == (amount, kickback)
    assert amount <= one.transaction_amount
    assert sum(item.count_change for item in mine) == (-1 if amount == one.transaction_amount else 0)
    return amount, kickback
