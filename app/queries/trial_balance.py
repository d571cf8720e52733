"""The trial balance at an instant, from the views: a few ranges of rows, whatever the length of the history."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.periods import utc_text
from app.domain.trial_balance import TrialBalance, trial_balance_of
from app.ports.views import Views
from app.queries.freshness import Fresh


@dataclass(frozen=True, slots=True)
class BalancedAt:
    """Everything recorded before `as_of` that had happened by `at` (UTC text) is in it."""

    balance: TrialBalance
    at: str
    as_of: datetime


async def trial_balance(at: datetime, fresh: Fresh, *, views: Views) -> BalancedAt:
    """Raises StoreUnavailable when any shard does not answer."""
    moment = utc_text(at)
    rows = await views.journal(fresh.generation, moment)
    return BalancedAt(trial_balance_of(rows, moment), moment, fresh.as_of)
