"""Answers that are JSON already have the headers that Starlette makes."""

import pytest
from starlette.responses import Response
from starlette.types import Message

from app.api.json_answers import JsonBytes, json_response


async def _sent(response: Response) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing is read to answer")

    await response({"type": "http"}, receive, send)
    return sent


@pytest.mark.parametrize("headers", [None, {}, {"Location": "/transactions/t1", "Idempotency-Replayed": "true"}])
@pytest.mark.parametrize("body", [b"", b'{"a":"\xe3\x81\x82"}'])
async def test_it_is_starlettes_answer(headers: dict[str, str] | None, body: bytes) -> None:
    ours, starlettes = (
        JsonBytes(body, 201, headers),
        Response(body, 201, headers=headers, media_type="application/json"),
    )
    assert ours.raw_headers == starlettes.raw_headers
    assert await _sent(ours) == await _sent(starlettes)


def test_other_headers_can_be_put_to_it() -> None:
    answer = json_response({"a": 1})
    answer.headers["X-More"] = "b"
    assert (b"x-more", b"b") in answer.raw_headers
