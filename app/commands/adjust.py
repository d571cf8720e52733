"""An administrator puts an account right, with a reason: points come in as a lot of their own, or go out."""

from dataclasses import dataclass
from datetime import date

from app.commands.asked import Asked, entry_document, own_entry, reason_of, receipt_of
from app.commands.posting import Command, Outcome, Posting, Refusal, Unmet, carry_out
from app.commands.redeem import redeem
from app.domain.decisions.earn import Earning, decide_earn
from app.domain.decisions.following import Moment
from app.domain.earning import EarningRules
from app.domain.expiry import Validity
from app.domain.journal import EntryKind
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import business_date, utc_text
from app.ports.ledger import NewCommand

ADJUSTMENT_SOURCE = "ADJUSTMENT"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`amount` is signed and not 0. `expires_on` is for what comes in; None: as what is earned today."""

    account: Account
    amount: int
    expires_on: date | None


async def adjust(asked: Asked, adjustment: Adjustment, *, rules: EarningRules, using: Posting) -> Outcome:
    """Insufficient where more is to go out than there is; Unmet where what comes in would be over already.
    Raises StoreUnavailable, OutcomeUnknown."""
    if adjustment.amount < 0:
        return await redeem(asked, adjustment.account, -adjustment.amount, using=using, kind=EntryKind.ADJUST)

    async def decide(heads: tuple[LedgerEntry | None, ...]) -> NewCommand | Refusal:
        (head,) = heads
        earning = _earning(asked, adjustment, rules, using.moment().present(head))
        if earning is None:
            return Unmet("expiresOn is today or later")
        entries = decide_earn(head, earning)
        entry = own_entry(entries, asked)
        results = {"ledger": entry_document(entry)}
        receipt = receipt_of(asked, results, created_at=utc_text(earning.moment.recorded_at), entry=entry)
        return NewCommand(tuple(entries), receipt)

    command = Command(
        asked.id, asked.fingerprint, (adjustment.account,), decide, asked.expected, reason=reason_of(asked)
    )
    return await carry_out(command, using=using)


def _earning(asked: Asked, adjustment: Adjustment, rules: EarningRules, moment: Moment) -> Earning | None:
    """None where it would be over before it begins."""
    today = business_date(moment.effective_at, rules.zone)
    if adjustment.expires_on is not None:
        validity = Validity(until=adjustment.expires_on)
    else:
        validity = rules.validity[adjustment.account.kind]
    expires_on = validity.last_day(today)
    if adjustment.expires_on is not None and adjustment.expires_on < today:
        return None
    return Earning(
        account=adjustment.account,
        amount=adjustment.amount,
        source=ADJUSTMENT_SOURCE,
        cause=asked.id.cause,
        expires_on=expires_on,
        rule=validity.rule,
        moment=moment,
        kind=EntryKind.ADJUST,
    )
