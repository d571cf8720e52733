"""Commands on accounts, bound to the fakes: no clock, no randomness, no waiting."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from app.callers import current_caller
from app.commands.adjust import Adjustment, adjust
from app.commands.asked import Asked
from app.commands.cancel_redemption import cancel_redemption
from app.commands.close_account import close_account
from app.commands.lanes import Lanes
from app.commands.posting import Outcome, Posting
from app.commands.redeem import redeem
from app.domain.decisions.earn import decide_earn
from app.domain.ledger import Account, LedgerEntry
from app.ports.ledger import CommandId, CommandKind
from app.retrying import Backoff
from tests.domain.passbooks import ACCOUNT, earning, findings
from tests.fakes import FakeFacts, FakeLedger
from tests.fakes.facts import yield_once
from tests.purchases import NOW, RULES, TOKYO

_TOKENS = count()
FAR = date(2027, 5, 1)


async def let_others_run(seconds: float) -> None:
    """A sleep as long as so many calls of others to the fakes."""
    for _ in range(round(seconds * 500)):
        await yield_once()


def posting(
    facts: FakeFacts,
    *,
    attempts: int = 10,
    now: Callable[[], datetime] = lambda: NOW,
    on_recorded: Callable[[], None] = lambda: None,
) -> Posting:
    """What one process has: those of the same facts share no lanes."""
    return Posting(
        ledger=FakeLedger(facts),
        lanes=Lanes(),
        backoff=Backoff(attempts, Random(next(_TOKENS)).random, sleep=let_others_run),
        now=now,
        new_token=lambda: f"command-token-{next(_TOKENS)}",
        caller=current_caller,
        zone=TOKYO,
        on_recorded=on_recorded,
    )


def earned(
    facts: FakeFacts,
    amount: int,
    *,
    expires_on: date | None = FAR,
    account: Account = ACCOUNT,
    at: datetime = NOW - timedelta(days=1),
) -> None:
    """Puts points into an account."""
    passbook = facts.passbook(account)
    one = earning(amount, account=account, expires_on=expires_on, at=at)
    facts.entries |= {(account, entry.version): entry for entry in decide_earn(passbook[-1] if passbook else None, one)}


def earned_long_ago(facts: FakeFacts, lasting: int, days: int, *, account: Account = ACCOUNT) -> None:
    """Points that still count, and one on each of so many days that are over by now and not booked as such."""
    at = datetime(2024, 12, 1, tzinfo=UTC)
    earned(facts, lasting, account=account, at=at)
    for day in range(days):
        earned(facts, 1, account=account, expires_on=date(2025, 1, 1) + timedelta(days=day), at=at)


def asked(kind: CommandKind, *ids: str, expected: int | None = None, **said: Any) -> Asked:
    """A command of the example user."""
    return Asked(CommandId(kind, ACCOUNT.user_id, ids), repr((ids, sorted(said.items()))), said, expected)


async def use(by: Posting, amount: int, redemption_id: str = "r1", expected: int | None = None) -> Outcome:
    """Redeems."""
    one = asked(CommandKind.REDEMPTION, redemption_id, expected=expected, amount=amount)
    return await redeem(one, ACCOUNT, amount, using=by)


async def cancel(by: Posting, amount: int | None = None, cancellation_id: str = "c1", of: str = "r1") -> Outcome:
    """Cancels a redemption."""
    return await cancel_redemption(
        asked(CommandKind.CANCELLATION, of, cancellation_id, amount=amount), amount, using=by
    )


async def close(by: Posting, closure_id: str = "l1") -> Outcome:
    """Closes all accounts."""
    return await close_account(asked(CommandKind.CLOSURE, closure_id, reason="left"), using=by)


async def put_right(
    by: Posting, amount: int, adjustment_id: str = "a1", expires_on: date | None = None, account: Account = ACCOUNT
) -> Outcome:
    """Adjusts."""
    one = asked(CommandKind.ADJUSTMENT, adjustment_id, amount=amount, expires_on=expires_on)
    return await adjust(one, Adjustment(account, amount, expires_on), rules=RULES, using=by)


def checked(facts: FakeFacts, accounts: Iterable[Account] = (ACCOUNT,)) -> list[LedgerEntry]:
    """The first account's entries, after checking that every passbook is whole and that each command that has an entry
    has its receipt, and each receipt its entry."""
    books = [facts.passbook(account) for account in accounts]
    causes = set()
    for book in books:
        assert findings(book) == []
        for entry in book:
            if not entry.cause.startswith(("EXPIRY#", "TRANSACTION#")):
                causes.add(entry.cause)
    receipts = {one.id.cause: one for one in facts.receipts.values()}
    assert causes <= set(receipts)
    for cause, one in receipts.items():
        if one.account is not None and one.version is not None:
            assert facts.entries[one.account, one.version].cause == cause
    return books[0]
