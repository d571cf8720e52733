"""Carrying out a command on one account, once: read the newest entry, decide, append with a receipt; again if it had
moved. What the command decides is a function that is given the newest entry."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.callers import Caller
from app.commands.auditing import about_command, action_of, done, expiry_row
from app.commands.lanes import Lanes
from app.commands.settling import settle
from app.domain.decisions.following import Insufficient, Moment
from app.domain.ledger import Account, LedgerEntry
from app.ports.audit import AuditRow
from app.ports.errors import StoreUnavailable
from app.ports.ledger import CommandId, Ledger, NewCommand, NotAppended, Receipt
from app.ports.transactions import MAX_ACTIONS
from app.retrying import Backoff
from app.telemetry import WRITE_RETRIES


@dataclass(frozen=True, slots=True)
class Carried:
    """The receipt. `replayed`: the command had been carried out before and nothing was written now."""

    receipt: Receipt
    replayed: bool


@dataclass(frozen=True, slots=True)
class IdTaken:
    """The command's id was used for something else; nothing was written."""


@dataclass(frozen=True, slots=True)
class VersionMoved:
    """The account is not at the version that the client decided on; nothing was written."""

    actual: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """What the command is about is not there; nothing was written."""


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More than is left of what the command undoes; nothing was written."""

    left: int


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition does not hold; nothing was written."""

    condition: str


Refusal = Insufficient | VersionMoved | Unknown | TooMuch | Unmet
Outcome = Carried | IdTaken | Refusal


@dataclass(frozen=True, slots=True)
class Posting:
    """What commands work with, bound once at start."""

    ledger: Ledger
    lanes: Lanes
    backoff: Backoff
    now: Callable[[], datetime]
    new_token: Callable[[], str]
    caller: Callable[[], Caller]
    zone: tzinfo
    on_recorded: Callable[[], None]
    """Told each time that entries have been written."""

    def row_of_expiry(self, account: Account) -> AuditRow:
        """For the audit trail, where what is over is booked."""
        return expiry_row(account, caller=self.caller(), at=self.now())

    def moment(self) -> Moment:
        """This one."""
        now = self.now()
        return Moment(now, now, self.zone)


@dataclass(frozen=True, slots=True)
class Command:
    """`decide` gets the newest entry of each account, in order, and says what to write, or refuses. It may read more,
    but only after the entries: a step that is written meanwhile then makes the append fail. `expected`: the version
    at which the client wants the (only) account to be. `reason`: why, as the client says it."""

    id: CommandId
    fingerprint: str
    accounts: tuple[Account, ...]
    decide: Callable[[tuple[LedgerEntry | None, ...]], Awaitable[NewCommand | Refusal]]
    expected: int | None = None
    reason: str | None = None


async def carry_out(command: Command, *, using: Posting) -> Outcome:
    """Writes everything or nothing, once for each command id. Raises StoreUnavailable; OutcomeUnknown when it may have
    been written, and repeating the call settles it."""
    async with using.lanes.hold(command.accounts):
        for attempt in range(using.backoff.attempts):
            if attempt:
                WRITE_RETRIES.inc()
                await using.backoff.wait(attempt)
            outcome = await _try(command, using)
            if outcome is not None:
                return outcome
    raise StoreUnavailable("the account is being written to by too many at once")


async def _try(command: Command, using: Posting) -> Outcome | None:
    """None: decide again."""
    heads = tuple([await using.ledger.head(account) for account in command.accounts])
    decided = await _decided(command, heads)
    if not isinstance(decided, NewCommand):
        return await _known(command, using) or decided
    if decided.receipt is None:
        raise ValueError("a command leaves a receipt")
    if decided.actions > MAX_ACTIONS:
        known = await _known(command, using)
        if known is None:
            first = _most(decided)
            await settle(first, ledger=using.ledger, new_token=using.new_token, row_of=using.row_of_expiry)
        return known
    about = about_command(command.id, command.accounts)
    audit = done(action_of(command.id), about, caller=using.caller(), at=using.now(), reason=command.reason)
    answer = await using.ledger.append(decided, audit=audit, token=using.new_token())
    if isinstance(answer, NotAppended):
        return _replay(command, answer.receipt) if answer.receipt is not None else None
    using.on_recorded()
    return Carried(decided.receipt, replayed=False)


async def _decided(command: Command, heads: tuple[LedgerEntry | None, ...]) -> NewCommand | Refusal:
    if command.expected is not None:
        (head,) = heads
        actual = head.version if head is not None else 0
        if actual != command.expected:
            return VersionMoved(actual)
    return await command.decide(heads)


async def _known(command: Command, using: Posting) -> Carried | IdTaken | None:
    """What an earlier sending of the same command has led to: that counts, whatever would be decided now."""
    receipt = await using.ledger.receipt(command.id)
    return _replay(command, receipt) if receipt is not None else None


def _replay(command: Command, receipt: Receipt) -> Carried | IdTaken:
    return Carried(receipt, replayed=True) if receipt.fingerprint == command.fingerprint else IdTaken()


def _most(decided: NewCommand) -> list[LedgerEntry]:
    """The entries of the account that has the most of them."""
    by_account: dict[Account, list[LedgerEntry]] = {}
    for entry in decided.entries:
        by_account.setdefault(entry.account, []).append(entry)
    return max(by_account.values(), key=len)
