"""What a call costs on an account with few and on one with very many entries behind the same open lots."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from app.api.services import Services
from app.bootstrap.binding import now
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.ports.ledger import NewCommand
from app.ports.transactions import Appended
from app.settings import Settings
from bench.http_client import Unexpected
from bench.ledger.calls import Calls, Spent
from bench.ledger.history import EACH, OPEN_LOTS, Plan, history, opened
from bench.ledger.seeding import put_entries

Say = Callable[[str], None]
_REDEMPTIONS = 10  # so many times fewer than readings


class Work(StrEnum):
    """What is measured."""

    NOW = "balance now"
    PAST = "balance at a past instant"
    USE = "redemption of everything"


@dataclass(frozen=True, slots=True)
class Side:
    """One length of history. All rounds, for each kind of work."""

    entries: int
    rounds: dict[Work, list[Spent]]


@dataclass(slots=True)
class _Accounts:
    """Accounts of one length with OPEN_LOTS lots each: `made` of them so far, `current` is the newest."""

    side: Side
    current: Account
    made: int = 1


async def measure_growth(
    settings: Settings, client: Any, services: Services, *, entries: int, rounds: int, calls: int, say: Say
) -> list[Side]:
    """The two in turn, the other one first each time."""
    bench = _Bench(settings, client, services, Plan(now() - timedelta(minutes=1), settings.zone))
    say(f"an account with {OPEN_LOTS} entries and one with {entries:,}")
    both = [await bench.accounts(OPEN_LOTS), await bench.accounts(entries)]
    for number in range(rounds + 1):
        say(f"round {number} of {rounds}")
        for accounts in both if number % 2 else reversed(both):
            found = await bench.round(accounts, calls)
            if number:  # the first round warms up
                for work, spent in found.items():
                    accounts.side.rounds[work].append(spent)
    return [accounts.side for accounts in both]


@dataclass(frozen=True, slots=True)
class _Bench:
    settings: Settings
    client: Any
    services: Services
    plan: Plan

    async def accounts(self, entries: int) -> _Accounts:
        """The first of them."""
        side = Side(entries, {work: [] for work in Work})
        return _Accounts(side, await self._filled(entries, 0))

    async def round(self, accounts: _Accounts, calls: int) -> dict[Work, Spent]:
        """Each kind of work, with Python's garbage collector at rest: it would strike one side by chance."""
        work, one = Calls(self.services), accounts.current
        spent = {kind: Spent() for kind in Work}
        gc.collect()
        gc.disable()
        try:
            for _ in range(calls):
                await spent[Work.NOW].on(work.balance(one, OPEN_LOTS * EACH))
                await spent[Work.PAST].on(work.balance(one, OPEN_LOTS // 2 * EACH, self.plan.half_open()))
            for _ in range(max(1, calls // _REDEMPTIONS)):
                account = accounts.current
                await spent[Work.USE].on(work.redemption(account, OPEN_LOTS * EACH))
                await self._refill(accounts)
        finally:
            gc.enable()
        return spent

    async def _refill(self, accounts: _Accounts) -> None:
        """The same lots again: on a short account anew, on a long one as more of its history."""
        if accounts.side.entries == OPEN_LOTS:
            accounts.current = await self._filled(OPEN_LOTS, accounts.made)
            accounts.made += 1
            return
        head = await self.services.ledger.head(accounts.current)
        command = NewCommand(tuple(opened(head, accounts.current, self.plan, at=now())))
        posting = self.services.posting
        audit = posting.row_of_expiry(accounts.current)
        appended = await self.services.ledger.append(command, audit=audit, token=posting.new_token())
        if not isinstance(appended, Appended):
            raise Unexpected("the lots were not opened again")

    async def _filled(self, entries: int, number: int) -> Account:
        account = Account(f"{'short' if entries == OPEN_LOTS else 'long'}{number:06d}", KickbackType.POINT)
        await put_entries(self.settings, self.client, history(account, self.plan, entries=entries))
        return account
