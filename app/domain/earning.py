"""What a purchase earns: which account, how much, until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.domain.expiry import Validity
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, Earning
from app.domain.periods import start_of_day
from app.domain.purchases import Purchase

PURCHASE_SOURCE = "PURCHASE"


@dataclass(frozen=True, slots=True)
class EarningRules:
    """The programme's rules: how long each type counts, and where its days begin."""

    validity: Mapping[KickbackType, Validity]
    zone: tzinfo


def earning_of(purchase: Purchase, rules: EarningRules, *, recorded_at: datetime) -> Earning | None:
    """None when the kickback is 0: there is nothing to enter.

    It counts from the moment of the purchase, or from the start of its day where only the date is known.
    """
    if purchase.kickback_amount == 0:
        return None
    if purchase.occurred_at is not None:
        effective_at = datetime.fromisoformat(purchase.occurred_at.upper())
    else:
        effective_at = start_of_day(purchase.transaction_date, rules.zone)
    return Earning(
        account=Account(purchase.user_id, purchase.kickback_type),
        amount=purchase.kickback_amount,
        source=PURCHASE_SOURCE,
        cause=f"TRANSACTION#{purchase.transaction_id}",
        expires_on=rules.validity[purchase.kickback_type].last_day(purchase.transaction_date),
        effective_at=effective_at,
        recorded_at=recorded_at,
    )
