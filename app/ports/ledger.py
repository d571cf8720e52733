"""The passbooks: reading entries, and adding the entries of one command together with its receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry, Tip
from app.ports.audit import AuditRow
from app.ports.transactions import Appended


class CommandKind(StrEnum):
    """What a client can ask for once under an id of its own. Stored; renaming a member is a migration."""

    REDEMPTION = "REDEMPTION"
    CANCELLATION = "CANCELLATION"
    CLOSURE = "CLOSURE"
    ADJUSTMENT = "ADJUSTMENT"
    EXERCISE = "EXERCISE"
    REVERSAL = "REVERSAL"
    SET_OFF = "SET_OFF"
    """No command: what of a lot's expired points was set off against reversals is counted under this name."""


@dataclass(frozen=True, slots=True)
class CommandId:
    """Ids are the client's and good within their owner: the user, or for a reversal the transaction. `ids` go from the
    outside in: a cancellation has its redemption's id and its own."""

    kind: CommandKind
    owner: str
    ids: tuple[str, ...]

    @property
    def cause(self) -> str:
        """As entries name it: 'REDEMPTION#r1', 'CANCELLATION#r1#c1', 'REVERSAL#txn001#v1'."""
        owner = (self.owner,) if self.kind is CommandKind.REVERSAL else ()
        return "#".join((self.kind.value, *owner, *self.ids))


@dataclass(frozen=True, slots=True)
class TallyId:
    """What is counted up: how much of a redemption (`ids`: its id) or a transaction (none) has been undone, how often
    a benefit was exercised in a period (`ids`: both)."""

    kind: CommandKind
    owner: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """One step, numbered from 1: the amounts are sums of all steps so far. Each number can be written once, so two
    commands that read the same step cannot both add to it."""

    id: TallyId
    number: int
    amount: int
    kickback: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """One for each command that was carried out, for ever: what it said, and the body it was answered with.

    `account` and `version` name its own ledger entry, where it made one.
    """

    id: CommandId
    fingerprint: str
    created_at: str
    answer: bytes
    account: Account | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class NewCommand:
    """What one command writes, all of it or nothing. Without a receipt: entries that nobody asked for (expiries)."""

    entries: tuple[LedgerEntry, ...]
    receipt: Receipt | None = None
    tallies: tuple[Tally, ...] = ()
    further: tuple[object, ...] = ()
    """Facts of other kinds that the store knows how to keep: see app.store.ledger."""

    @property
    def actions(self) -> int:
        """Items that it writes."""
        return len(self.entries) + (self.receipt is not None) + len(self.tallies) + len(self.further)


@dataclass(frozen=True, slots=True)
class NotAppended:
    """Nothing was written. `receipt`: the command's id was used before. Without it: somebody else wrote to the account
    or is doing so; read again and decide again."""

    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry's instants, from the index by time."""

    effective_at: str
    posted_at: str
    version: int


class Ledger(Protocol):
    """Every method raises StoreUnavailable. Reads of entries are strongly consistent."""

    async def head(self, account: Account) -> LedgerEntry | None:
        """The account's newest entry."""
        ...

    async def tip(self, account: Account) -> Tip | None:
        """What a next entry has to know of the newest."""
        ...

    async def heads(self, user_id: str) -> Mapping[KickbackType, LedgerEntry]:
        """The newest entry of each of the user's accounts that has one."""
        ...

    async def entry(self, account: Account, version: int) -> LedgerEntry | None:
        """One entry."""
        ...

    async def newest_first(self, account: Account, *, limit: int, before: int | None = None) -> Sequence[LedgerEntry]:
        """Entries with versions below `before`, at most so many; fewer only at the beginning of the account."""
        ...

    async def oldest_first(self, account: Account, *, limit: int, since: int) -> Sequence[LedgerEntry]:
        """Entries from this version on, at most so many; fewer only at the end."""
        ...

    async def happened(self, account: Account, *, until: str, since: str = "", limit: int = 1000) -> Sequence[Happened]:
        """Entries effective from `since` up to `until` (UTC texts, both included), latest first, at most so many.
        Eventually consistent: an entry of the last seconds may be missing."""
        ...

    async def receipt(self, command: CommandId) -> Receipt | None:
        """What was answered, strongly consistent."""
        ...

    async def tally(self, tally: TallyId) -> Tally | None:
        """The newest step, strongly consistent; None before the first."""
        ...

    async def append(self, command: NewCommand, *, audit: AuditRow, token: str) -> Appended | NotAppended:
        """Writes all of it and the row of the audit trail, or nothing, once, however often the same call with the same
        token is repeated.

        At most MAX_ACTIONS items. Raises OutcomeUnknown when no answer came, StoreUnavailable when it was certainly
        not written.
        """
        ...
