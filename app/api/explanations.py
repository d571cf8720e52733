"""GET /transactions/{transactionId}/explain, GET /users/{id}/ledger/{type}/{version}/explain"""

from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BeforeValidator, Field, WithJsonSchema

from app.api.errors import problems
from app.api.explanation_answers import EntryExplanation, TransactionExplanation
from app.api.explanation_documents import entry_explanation, transaction_explanation
from app.api.principals import check_owner
from app.api.problems import NOT_FOUND, Problem
from app.api.routing import StrictRoute
from app.api.schemas import Id, example
from app.api.services import Services, services_of
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.queries.explanations import Explaining

router = APIRouter(route_class=StrictRoute, tags=["explanations"])

LAST_VERSION = 9_999_999_999


def _checked_version(value: Any) -> int:
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and 0 < int(value[:11]) <= LAST_VERSION):
        raise ValueError("must be a version: 1, 2, 3 ...")
    return int(value)


Version = Annotated[
    int,
    BeforeValidator(_checked_version),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LAST_VERSION}),
]


@router.get(
    "/transactions/{transactionId}/explain",
    response_model=TransactionExplanation,
    summary="Why a purchase gave this kickback",
    responses=problems(NOT_FOUND),
)
async def explain_transaction(
    request: Request,
    transaction_id: Annotated[Id, Path(alias="transactionId", openapi_examples=example("demo-1-0001"))],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Rate, exact product and rounding; the ledger entry with its lot, the rule of its expiry, bookings and hash; what
    reversals have taken back. `text` says it in sentences."""
    explained = await _explaining(services).transaction(transaction_id, partial(check_owner, request))
    if explained is None:
        raise Problem(NOT_FOUND, "No purchase has this id.")
    return _response(transaction_explanation(explained, services.posting.zone))


@router.get(
    "/users/{id}/ledger/{type}/{version}/explain",
    response_model=EntryExplanation,
    summary="Why a ledger entry is as it is",
    responses=problems(NOT_FOUND),
)
async def explain_entry(
    user_id: Annotated[Id, Path(alias="id", openapi_examples=example("hanako"))],
    kind: Annotated[KickbackType, Path(alias="type"), Field(strict=False)],
    version: Annotated[Version, Path()],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """What caused it, the account before and after it, lots, bookings with the names of their accounts, and whether its
    hash and that of the entry before still hold. `text` says it in sentences."""
    explaining = _explaining(services)
    explained = await explaining.entry(Account(user_id, kind), version)
    if explained is None:
        raise Problem(NOT_FOUND, "The account has no entry with this version.")
    cause = await explaining.cause(explained.entry)
    return _response(entry_explanation(explained, cause, services.posting.zone))


def _explaining(services: Services) -> Explaining:
    return Explaining(services.transactions, services.ledger)


def _response(body: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")
