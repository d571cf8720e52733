"""What a purchase earns: which account, how much, until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.domain.decisions.earn import Earning
from app.domain.decisions.following import Moment
from app.domain.expiry import Validity
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.periods import start_of_day
from app.domain.purchases import Purchase

PURCHASE_SOURCE = "PURCHASE"
PURCHASE_CAUSE = "TRANSACTION#"


@dataclass(frozen=True, slots=True)
class EarningRules:
    """The programme's rules: how long each type counts, and where its days begin."""

    validity: Mapping[KickbackType, Validity]
    zone: tzinfo


def earning_of(purchase: Purchase, rules: EarningRules, *, recorded_at: datetime) -> Earning | None:
    """None when the kickback is 0: there is nothing to enter.

    It counts from the moment of the purchase, or from the start of its day where only the date is known; but not
    before it is recorded, where the till's clock is ahead of ours.
    """
    if purchase.kickback_amount == 0:
        return None
    if purchase.occurred_at is not None:
        happened_at = datetime.fromisoformat(purchase.occurred_at.upper())
    else:
        happened_at = start_of_day(purchase.transaction_date, rules.zone)
    validity = rules.validity[purchase.kickback_type]
    return Earning(
        account=Account(purchase.user_id, purchase.kickback_type),
        amount=purchase.kickback_amount,
        source=PURCHASE_SOURCE,
        cause=f"{PURCHASE_CAUSE}{purchase.transaction_id}",
        expires_on=validity.last_day(purchase.transaction_date),
        rule=validity.rule,
        moment=Moment(min(happened_at, recorded_at), recorded_at, rules.zone),
    )
