"""POST /transactions:batch: JSON Lines in, one result for each line out, both as a stream."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.api.errors import problems
from app.api.lines import Line, windows_of_lines
from app.api.problems import (
    PAYLOAD_TOO_LARGE,
    TRANSACTION_CONFLICT,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
    problem_body,
    unavailable,
)
from app.api.routing import StrictRoute
from app.api.services import Services, services_of
from app.api.transaction_body import EXAMPLE
from app.api.transaction_reading import read_purchase
from app.commands.record_batch import BatchOutcome, Unavailable, record_batch
from app.commands.record_group import Conflict, Created, Existing
from app.domain.purchases import Purchase

MEDIA_TYPE = "application/x-ndjson"

router = APIRouter(route_class=StrictRoute, tags=["transactions"])

_LINES_IN = {"schema": {}, "example": msgspec.json.encode(EXAMPLE).decode() + "\n"}
_LINES_OUT = {
    "schema": {"type": "string"},
    "example": '{"line":1,"status":201,"transactionId":"txn001"}\n',
}


@router.post(
    "/transactions:batch",
    summary="Record many purchases",
    response_class=StreamingResponse,
    openapi_extra={"requestBody": {"required": True, "content": {MEDIA_TYPE: _LINES_IN}}},
    responses={
        200: {"description": "One result for each line, in order", "content": {MEDIA_TYPE: _LINES_OUT}},
        **problems(UNSUPPORTED_MEDIA_TYPE),
    },
)
async def post_transactions_batch(
    request: Request, services: Annotated[Services, Depends(services_of)]
) -> StreamingResponse:
    """Each line is a body of POST /transactions. A bad line stops nothing else. Read while you send."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (MEDIA_TYPE, "application/jsonl", "application/x-jsonlines"):
        raise Problem(UNSUPPORTED_MEDIA_TYPE, f"The body must be {MEDIA_TYPE}.")
    return _DuplexResponse(_results(request.stream(), services), media_type=MEDIA_TYPE)


class _DuplexResponse(StreamingResponse):
    """Answers while the request's body is still being read.

    Starlette's own response waits for a disconnect by reading from the same connection, and would swallow the body.
    """

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await self.stream_response(send)


async def _results(body: AsyncIterator[bytes], services: Services) -> AsyncIterator[bytes]:
    """Reads a window of lines, records what is valid in it, and answers all of it, in order."""
    window: list[tuple[Line, Purchase | Problem]] = []

    async def purchases() -> AsyncIterator[Sequence[Purchase]]:
        async for lines in windows_of_lines(body, size=services.batch_window):
            window[:] = [(line, _read(line, services)) for line in lines]
            yield [read for _, read in window if isinstance(read, Purchase)]

    async for outcomes in record_batch(purchases(), limits=services.batch, using=services.recording):
        recorded = iter(outcomes)
        yield b"".join(_result(line, read if isinstance(read, Problem) else next(recorded)) for line, read in window)


def _read(line: Line, services: Services) -> Purchase | Problem:
    if line.content is None:
        return Problem(PAYLOAD_TOO_LARGE, "A line has at most 64 KiB.")
    try:
        return read_purchase(line.content, services.purchases)
    except Problem as problem:
        return problem


def _result(line: Line, outcome: BatchOutcome | Problem) -> bytes:
    result: dict[str, Any] = {"line": line.number, "status": 201, "transactionId": None}
    match outcome:
        case Created(purchase):
            result["transactionId"] = purchase.transaction_id
        case Existing(guard):
            result.update(status=200, transactionId=guard.transaction_id)
        case Conflict(transaction_id):
            problem = Problem(TRANSACTION_CONFLICT, "Nothing was written.")
            result.update(status=409, transactionId=transaction_id, error=problem_body(problem))
        case Unavailable(transaction_id):
            problem = unavailable("It may have been written. Sending the line again settles it.")
            result.update(status=503, transactionId=transaction_id, error=problem_body(problem))
        case Problem():
            result.update(status=outcome.kind.status, error=problem_body(outcome))
    return msgspec.json.encode(result) + b"\n"
