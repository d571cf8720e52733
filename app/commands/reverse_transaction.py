"""Taking a purchase back, in whole or in part, and its kickback with it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.commands.expired_lots import SetOff, set_off
from app.commands.posting import Command, Outcome, Posting, Refusal, TooMuch, Unknown, carry_out
from app.domain.decisions.claw_back import Clawback, ClawbackPolicy, decide_claw_back
from app.domain.decisions.expire import decide_expire
from app.domain.decisions.following import Moment
from app.domain.earning import PURCHASE_SOURCE
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import utc_text
from app.domain.purchases import Purchase
from app.domain.reversals import Part, Reversal, next_part, reversal_of
from app.ports.ledger import CommandId, CommandKind, NewCommand, Receipt, Tally, TallyId
from app.ports.transactions import Guard, Transactions


@dataclass(frozen=True, slots=True)
class Reverse:
    """The command: `amount` yen of the purchase (None: all that is left). `fingerprint` is that of what was sent."""

    transaction_id: str
    reversal_id: str
    amount: int | None
    reason: str | None
    fingerprint: str

    @property
    def id(self) -> CommandId:
        """Its id within the purchase."""
        return CommandId(CommandKind.REVERSAL, self.transaction_id, (self.reversal_id,))


@dataclass(frozen=True, slots=True)
class Reversed:
    """What it did. `part` is what was taken back and `left` yen of the purchase remain. `entry` is the clawback; None
    where no kickback was to be taken back or, within the balance, none was there."""

    reversal: Reversal
    part: Part
    left: int
    entry: LedgerEntry | None

    @property
    def clawed_back(self) -> int:
        """What left the account: less than the part's kickback where some of it had expired unused before, or where
        only what is there may go."""
        return -self.entry.amount if self.entry is not None else 0


@dataclass(frozen=True, slots=True)
class Reversing:
    """What reversing works with. `answer` makes the body that the client gets, now and whenever it asks again."""

    posting: Posting
    transactions: Transactions
    policy: ClawbackPolicy
    answer: Callable[[Reversed], bytes]


async def reverse_transaction(reverse: Reverse, *, using: Reversing) -> Outcome:
    """Writes history item, clawback, sum and receipt, or nothing. Raises StoreUnavailable, OutcomeUnknown."""
    guard = await using.transactions.guard(reverse.transaction_id)
    if guard is None:
        return Unknown()
    purchase = await using.transactions.purchase(guard)

    async def decide(heads: tuple[LedgerEntry | None, ...]) -> NewCommand | Refusal:
        moment = using.posting.moment()
        if purchase is None or _is_over(purchase, moment):
            return Unknown()
        step = await using.posting.ledger.tally(TallyId(CommandKind.REVERSAL, reverse.transaction_id))
        before = Part(step.amount, step.kickback) if step is not None else Part(0, 0)
        part = next_part(purchase, before, reverse.amount)
        if part is None:
            return TooMuch(purchase.transaction_amount - before.amount)
        last_day = guard.earned.expires_on if guard.earned is not None else None
        gone = await set_off(
            heads[0], PURCHASE_SOURCE, last_day, part.kickback, moment=moment, ledger=using.posting.ledger
        )
        deciding = _Deciding(reverse, purchase, guard, part, gone, moment)
        return deciding.command(heads[0], step, using)

    account = _account(guard, purchase)
    accounts = (account,) if account is not None else ()
    command = Command(reverse.id, reverse.fingerprint, accounts, decide, reason=reverse.reason)
    return await carry_out(command, using=using.posting)


def _account(guard: Guard, purchase: Purchase | None) -> Account | None:
    """Also where there is nothing to take back: then it only makes the reversals of this process queue."""
    if purchase is not None:
        return Account(purchase.user_id, purchase.kickback_type)
    return Account(guard.user_id, guard.earned.kind) if guard.earned is not None else None


def _is_over(purchase: Purchase, moment: Moment) -> bool:
    """Storage drops a purchase days after its time: until then it is there and does not count."""
    return purchase.expiration_time is not None and purchase.expiration_time <= int(moment.recorded_at.timestamp())


@dataclass(frozen=True, slots=True)
class _Deciding:
    reverse: Reverse
    purchase: Purchase
    guard: Guard
    part: Part
    gone: SetOff
    moment: Moment

    def command(self, head: LedgerEntry | None, step: Tally | None, using: Reversing) -> NewCommand:
        """What is written behind the account's newest entry and the sum of the reversals so far."""
        tally = self._tally(step)
        left = self.purchase.transaction_amount - tally.amount
        reversal = self._reversal(is_last=left == 0)
        entries = self._clawback(head, using.policy)
        entry = next((one for one in entries if one.cause == self.reverse.id.cause), None)
        receipt = Receipt(
            id=self.reverse.id,
            fingerprint=self.reverse.fingerprint,
            created_at=reversal.line.created_at,
            answer=using.answer(Reversed(reversal, self.part, left, entry)),
            account=entry.account if entry is not None else None,
            version=entry.version if entry is not None else None,
        )
        tallies = (tally, self.gone.step) if self.gone.step is not None else (tally,)
        return NewCommand(tuple(entries), receipt, tallies, (reversal,))

    def _tally(self, step: Tally | None) -> Tally:
        tally = TallyId(CommandKind.REVERSAL, self.purchase.transaction_id)
        if step is None:
            return Tally(tally, 1, self.part.amount, self.part.kickback)
        return Tally(tally, step.number + 1, step.amount + self.part.amount, step.kickback + self.part.kickback)

    def _reversal(self, *, is_last: bool) -> Reversal:
        return reversal_of(
            self.purchase,
            self.part,
            reversal_id=self.reverse.reversal_id,
            is_last=is_last,
            reason=self.reverse.reason,
            created_at=utc_text(self.moment.recorded_at),
        )

    def _clawback(self, head: LedgerEntry | None, policy: ClawbackPolicy) -> list[LedgerEntry]:
        if self.part.kickback == 0:
            return []
        if self.part.kickback == self.gone.amount:
            return decide_expire(head, self.moment.present(head))
        clawback = Clawback(
            account=Account(self.purchase.user_id, self.purchase.kickback_type),
            amount=self.part.kickback - self.gone.amount,
            source=PURCHASE_SOURCE,
            expires_on=self.guard.earned.expires_on if self.guard.earned is not None else None,
            cause=self.reverse.id.cause,
            policy=policy,
            moment=self.moment,
        )
        return decide_claw_back(head, clawback)
