"""Recording, bound to the fakes: no clock, no randomness, no waiting."""

import asyncio
from collections.abc import Callable
from itertools import count

from app.callers import current_caller
from app.commands.lanes import Lanes
from app.commands.record_group import Recording
from app.domain.journal import EntryKind
from app.domain.ledger import Account, LedgerEntry
from app.retrying import Backoff
from tests.domain.passbooks import findings
from tests.fakes import FakeCategories, FakeFacts, FakeLedger, FakeTransactions
from tests.fakes.facts import yield_once
from tests.purchases import NOW, RULES

_TOKENS = count()


class Waits:
    """A sleep that only notes for how long it was asked."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await yield_once()


def recording(
    facts: FakeFacts,
    *,
    attempts: int = 10,
    waits: Waits | None = None,
    on_recorded: Callable[[], None] = lambda: None,
) -> Recording:
    """A recorder of its own, as one process has it: recorders of the same facts share no lanes."""
    return Recording(
        transactions=FakeTransactions(facts),
        ledger=FakeLedger(facts),
        categories=FakeCategories(facts),
        rules=RULES,
        lanes=Lanes(),
        backoff=Backoff(attempts, lambda: 0.5, sleep=waits or Waits()),
        now=lambda: NOW,
        new_token=lambda: f"token-{next(_TOKENS)}",
        caller=current_caller,
        on_recorded=on_recorded,
        reads=asyncio.Semaphore(4),
    )


def audited(facts: FakeFacts) -> dict[Account, list[LedgerEntry]]:
    """Every passbook, after checking that it is whole and that purchases, guards and entries belong together."""
    accounts = {account for account, _ in facts.entries}
    books = {account: facts.passbook(account) for account in accounts}
    for book in books.values():
        assert findings(book) == []
    assert {key[2] for key in facts.purchases} == set(facts.guards)
    assert len(facts.purchases) == len(facts.guards)
    earned = sorted(f"TRANSACTION#{one.transaction_id}" for one in facts.purchases.values() if one.kickback_amount)
    earnings = [entry for book in books.values() for entry in book if entry.kind is EntryKind.EARN]
    assert sorted(entry.cause for entry in earnings) == earned
    assert {
        (one.transaction_date.isoformat()[:7], one.category) for one in facts.purchases.values()
    } <= facts.categories
    return books
