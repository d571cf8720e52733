"""What becomes of rows that too few users are behind: they keep their place, and say neither who nor how much."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from pydantic import Field

from app.api.principals import principal_of
from app.api.schemas import Answer
from app.api.services import Services
from app.api.totals import totals_document
from app.domain.access import Scope
from app.domain.kickbacks import Valuation
from app.domain.totals import Totals

_PLACE = frozenset({"rank", "medal"})


class GroupTotals(Answer):
    """`kickbackByType` is exact, each in its own unit; `kickbackValue` converts them by the valuation shown. All are
    null, and `suppressed` is there, where too few users are behind them for others than administrators."""

    count: int | None
    transaction_total: int | None
    kickback_value: int | None
    kickback_by_type: dict[str, int] | None
    suppressed: bool = Field(
        False, description="Always true: it is only there where fewer users are behind the sum than MIN_GROUP_MEMBERS"
    )


def least_members(request: Request, services: Services) -> int:
    """How many users must be behind what the caller may see: 0 for administrators."""
    return 0 if principal_of(request).has(Scope.ADMIN) else services.min_group_members


def group_totals_document(totals: Totals, valuation: Valuation, *, is_hidden: bool) -> dict[str, Any]:
    """Sums, if they are for the caller."""
    document = totals_document(totals, valuation)
    return suppressed_document(document) if is_hidden else document


def suppressed_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of which only its place is left."""
    return {name: value if name in _PLACE else None for name, value in row.items()} | {"suppressed": True}
