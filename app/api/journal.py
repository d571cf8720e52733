"""GET /journal/trial-balance"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from app.api.errors import problems
from app.api.instants import Instant
from app.api.routing import StrictRoute
from app.api.schemas import Answer, StrictModel
from app.api.services import Services, services_of
from app.api.views import NotBefore, views_of
from app.domain.periods import utc_text
from app.domain.trial_balance import AccountTotal
from app.queries.trial_balance import BalancedAt, trial_balance

router = APIRouter(route_class=StrictRoute, tags=["journal"])


class TrialBalanceQuery(StrictModel):
    """When, and how new the answer has to be."""

    at: Instant | None = Field(None, description="What had happened by then. Without it: by now")
    not_before: NotBefore | None = Field(
        None,
        description="An instant that `asOf` must have reached: waits up to a second for it, else 503. "
        "At most a second in the future",
    )


class AccountAnswer(Answer):
    """An account of the journal. Its net balance is in `debit` or in `credit`, the other is 0; the totals are all that
    was booked on either side."""

    code: str = Field(examples=["2110"])
    name: str = Field(examples=["Points owed to customers"])
    type: str = Field(examples=["POINT"])
    debit: int
    credit: int
    debit_total: int
    credit_total: int


class TrialBalanceAnswer(Answer):
    """Everything recorded before `asOf` that had happened by `at`. What is told later of a time before `at` changes it,
    and so does an expiry that is booked later: it is dated to its own instant.

    `balanced`: for each type, debits and credits are the same.
    """

    as_of: str
    at: str
    accounts: list[AccountAnswer]
    balanced: bool


@router.get(
    "/journal/trial-balance",
    response_model=TrialBalanceAnswer,
    summary="What each account of the journal holds, now or at any instant",
    responses=problems(),
)
async def get_trial_balance(
    query: Annotated[TrialBalanceQuery, Query()], services: Annotated[Services, Depends(services_of)]
) -> Response:
    """Accounts with turnover, by code. 503 until the projector has made the first views."""
    fresh = await views_of(query.not_before, services)
    found = await trial_balance(query.at or services.live.now(), fresh, views=services.views)
    return Response(msgspec.json.encode(_document(found)), media_type="application/json")


def _document(found: BalancedAt) -> dict[str, Any]:
    return {
        "asOf": utc_text(found.as_of),
        "at": found.at,
        "accounts": [_account(one) for one in found.balance.accounts],
        "balanced": found.balance.is_balanced,
    }


def _account(one: AccountTotal) -> dict[str, Any]:
    return {
        "code": one.account.code,
        "name": one.account.name,
        "type": one.account.kind.value,
        "debit": one.debit,
        "credit": one.credit,
        "debitTotal": one.debit_total,
        "creditTotal": one.credit_total,
    }
