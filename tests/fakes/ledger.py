"""The Ledger port in memory."""

from collections.abc import Mapping, Sequence

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry, Tip
from app.ports.audit import AuditRow
from app.ports.errors import OutcomeUnknown, StoreRefused, StoreUnavailable
from app.ports.ledger import CommandId, Happened, NewCommand, NotAppended, Receipt, Tally, TallyId
from app.ports.transactions import MAX_ACTIONS, Appended
from tests.domain.passbooks import tip_of
from tests.fakes.facts import FakeFacts, Fault


class FakeLedger:
    """See the port."""

    def __init__(self, facts: FakeFacts) -> None:
        self._facts = facts

    async def head(self, account: Account) -> LedgerEntry | None:
        await self._facts.called("head")
        passbook = self._facts.passbook(account)
        return passbook[-1] if passbook else None

    async def tip(self, account: Account) -> Tip | None:
        head = await self.head(account)
        return tip_of(head) if head is not None else None

    async def heads(self, user_id: str) -> Mapping[KickbackType, LedgerEntry]:
        await self._facts.called("heads")
        passbooks = {kind: self._facts.passbook(Account(user_id, kind)) for kind in KickbackType}
        return {kind: passbook[-1] for kind, passbook in passbooks.items() if passbook}

    async def entry(self, account: Account, version: int) -> LedgerEntry | None:
        await self._facts.called("entry")
        return self._facts.entries.get((account, version))

    async def newest_first(self, account: Account, *, limit: int, before: int | None = None) -> Sequence[LedgerEntry]:
        await self._facts.called("newest_first")
        older = [one for one in self._facts.passbook(account) if before is None or one.version < before]
        return older[::-1][:limit]

    async def oldest_first(self, account: Account, *, limit: int, since: int) -> Sequence[LedgerEntry]:
        await self._facts.called("oldest_first")
        return [one for one in self._facts.passbook(account) if one.version >= since][:limit]

    async def happened(self, account: Account, *, until: str, since: str = "", limit: int = 1000) -> Sequence[Happened]:
        await self._facts.called("happened")
        found = [
            Happened(one.effective_at, one.posted_at, one.version)
            for one in self._facts.passbook(account)
            if since <= one.effective_at <= until
        ]
        return sorted(found, key=lambda one: (one.effective_at, one.version), reverse=True)[:limit]

    async def receipt(self, command: CommandId) -> Receipt | None:
        await self._facts.called("receipt")
        return self._facts.receipts.get(command)

    async def tally(self, tally: TallyId) -> Tally | None:
        await self._facts.called("tally")
        steps = [step for (of, _), step in self._facts.tallies.items() if of == tally]
        return max(steps, key=lambda step: step.number, default=None)

    async def append(self, command: NewCommand, *, audit: AuditRow, token: str) -> Appended | NotAppended:
        if not 1 <= command.actions <= MAX_ACTIONS:
            raise StoreRefused("a write has 1 to 100 actions")
        await self._facts.called("append")
        match self._facts.faults.popleft() if self._facts.faults else None:
            case Fault.STALE:
                return NotAppended(None)
            case Fault.UNAVAILABLE:
                raise StoreUnavailable("injected: too much load")
            case Fault.LOST_REQUEST:
                raise OutcomeUnknown("injected: the request was lost")
            case Fault.LOST_RESPONSE:
                self._put_together(command, audit, token)
                raise OutcomeUnknown("injected: the response was lost")
        return self._put_together(command, audit, token)

    def _put_together(self, command: NewCommand, audit: AuditRow, token: str) -> Appended | NotAppended:
        """All or nothing, without letting another task in between."""
        facts = self._facts
        if token in facts.tokens:
            if facts.tokens[token] != (command, audit):
                raise StoreRefused("a token stands for one request")
            return Appended()
        if command.receipt is not None and command.receipt.id in facts.receipts:
            return NotAppended(facts.receipts[command.receipt.id])
        entries = {(one.account, one.version): one for one in command.entries}
        tallies = {(one.id, one.number): one for one in command.tallies}
        if facts.entries.keys() & entries.keys() or facts.tallies.keys() & tallies.keys():
            return NotAppended(None)
        if command.receipt is not None:
            facts.receipts[command.receipt.id] = command.receipt
        facts.entries.update(entries)
        facts.tallies.update(tallies)
        facts.further += command.further
        facts.keep(audit)
        facts.tokens[token] = (command, audit)
        return Appended()
