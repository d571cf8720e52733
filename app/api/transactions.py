"""POST /transactions, GET /transactions/{transactionId}"""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from app.api.errors import problems
from app.api.json_answers import JsonBytes
from app.api.principals import check_owner
from app.api.problems import (
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    TRANSACTION_CONFLICT,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
)
from app.api.routing import StrictRoute
from app.api.schemas import Id, example
from app.api.services import Services, services_of
from app.api.transaction_answers import TransactionAnswer, transaction_bytes
from app.api.transaction_body import TransactionBody, purchase_from
from app.commands.record_group import Conflict
from app.commands.record_transaction import record_transaction
from app.queries.transactions import find_transaction

router = APIRouter(route_class=StrictRoute, tags=["transactions"])


@router.post(
    "/transactions",
    status_code=201,
    response_model=TransactionAnswer,
    summary="Record a purchase and earn its kickback",
    responses={
        200: {"model": TransactionAnswer, "description": "Recorded before"},
        **problems(TRANSACTION_CONFLICT, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE),
    },
)
async def post_transaction(
    body: TransactionBody,
    services: Annotated[Services, Depends(services_of)],
    idempotency_key: Annotated[Id | None, Header(description="Used as transactionId where that is missing")] = None,
) -> Response:
    """Records the purchase once, however often it is sent. The same id with other content is a conflict."""
    purchase = purchase_from(body, idempotency_key, services.purchases)
    outcome = await record_transaction(purchase, using=services.recording)
    if isinstance(outcome, Conflict):
        raise Problem(TRANSACTION_CONFLICT, "Nothing was written. Use another transactionId for another purchase.")
    headers = {"Location": f"/transactions/{outcome.purchase.transaction_id}"}
    if outcome.replayed:
        headers["Idempotency-Replayed"] = "true"
    recorded = transaction_bytes(outcome.purchase, outcome.earned)
    return JsonBytes(recorded, 200 if outcome.replayed else 201, headers)


@router.get(
    "/transactions/{transactionId}",
    response_model=TransactionAnswer,
    summary="One purchase by its id",
    responses=problems(NOT_FOUND),
)
async def get_transaction(
    request: Request,
    transaction_id: Annotated[Id, Path(alias="transactionId", openapi_examples=example("demo-1-0001"))],
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """The same body that recording it answered."""
    found = await find_transaction(
        transaction_id, transactions=services.transactions, check_owner=partial(check_owner, request)
    )
    if found is None:
        raise Problem(NOT_FOUND, "No purchase has this id.")
    return JsonBytes(transaction_bytes(found.purchase, found.earned))
