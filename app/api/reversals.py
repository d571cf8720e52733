"""POST /transactions/{transactionId}/reversals"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Response
from pydantic import ConfigDict, Field

from app.api.commands import command_response, command_responses, fingerprint_of
from app.api.problems import NOT_FOUND
from app.api.routing import StrictRoute
from app.api.schemas import Answer, Id, StrictModel, example
from app.api.services import Services, services_of
from app.api.transaction_body import Text
from app.commands.reverse_transaction import Reverse, Reversed, Reversing, reverse_transaction
from app.domain.identifiers import MAX_AMOUNT

router = APIRouter(route_class=StrictRoute, tags=["transactions"])

_EXAMPLE: dict[str, Any] = {"reversalId": "back001", "amount": 2000, "reason": "返品"}


class ReversalBody(StrictModel):
    """What is to be taken back. Without an amount: all that is left of the purchase."""

    model_config = ConfigDict(title="Reversal", json_schema_extra={"examples": [_EXAMPLE]})

    reversal_id: Id
    amount: Annotated[int, Field(ge=1, le=MAX_AMOUNT, description="Of the purchase, in the smallest unit")] | None = (
        None
    )
    reason: Text | None = None


class ClawbackLot(Answer):
    """How much came from a lot (negative). `DEFICIT`: what had been spent already and is owed now."""

    lot: str = Field(examples=["PURCHASE:2023-10-28"])
    amount: int = Field(examples=[-20])


class ClawbackAnswer(Answer):
    """The ledger entry that took the kickback back."""

    type: str = Field(examples=["POINT"])
    version: int = Field(examples=[2])
    balance: int = Field(examples=[30])
    allocations: list[ClawbackLot]


class ReversalAnswer(Answer):
    """A reversal. `kickbackAmount` is what it takes back of the kickback, in proportion; `clawedBack` what has left the
    account: less where points had expired unused before, or where only what is there may go. `left` of the purchase
    can still be reversed. `ledger` is null where nothing left the account."""

    reversal_id: str
    transaction_id: str
    user_id: str
    amount: int = Field(examples=[2000])
    kickback_amount: int = Field(examples=[20])
    kickback_type: str = Field(examples=["POINT"])
    clawed_back: int = Field(examples=[20])
    left: int = Field(examples=[3000])
    reason: str = ""
    created_at: str
    ledger: ClawbackAnswer | None


@router.post(
    "/transactions/{transactionId}/reversals",
    status_code=201,
    response_model=ReversalAnswer,
    summary="Take a purchase back, in whole or in part, with its kickback",
    responses=command_responses(ReversalAnswer, NOT_FOUND),
)
async def post_reversal(
    transaction_id: Annotated[Id, Path(alias="transactionId", openapi_examples=example("demo-1-0001"))],
    body: ReversalBody,
    services: Annotated[Services, Depends(services_of)],
) -> Response:
    """Reverses once, however often it is sent. More than is left, or the id with other content, is a conflict."""
    reverse = Reverse(
        transaction_id,
        body.reversal_id,
        body.amount,
        body.reason,
        fingerprint_of({"amount": body.amount, "reason": body.reason}),
    )
    reversing = Reversing(services.posting, services.transactions, services.clawback_policy, reversal_answer)
    return command_response(await reverse_transaction(reverse, using=reversing))


def reversal_answer(done: Reversed) -> bytes:
    """The body, as it is kept and sent."""
    line = done.reversal.line
    fields: dict[str, Any] = {
        "reversalId": done.reversal.reversal_id,
        "transactionId": line.transaction_id,
        "userId": line.user_id,
        "amount": done.part.amount,
        "kickbackAmount": done.part.kickback,
        "kickbackType": line.kickback_type.value,
        "clawedBack": done.clawed_back,
        "left": done.left,
        "reason": done.reversal.reason,
        "createdAt": line.created_at,
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return msgspec.json.encode({**given, "ledger": _ledger(done)})


def _ledger(done: Reversed) -> dict[str, Any] | None:
    if done.entry is None:
        return None
    return {
        "type": done.entry.account.kind.value,
        "version": done.entry.version,
        "balance": done.entry.balance,
        "allocations": [{"lot": one.lot_id, "amount": one.amount} for one in done.entry.allocations],
    }
