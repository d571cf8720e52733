"""A batch streams both ways: the result of a line comes while the next line has not been sent."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from app.settings import Settings
from tests.bodies import body
from tests.e2e.service import Service

pytestmark = pytest.mark.dynamodb

_HEAD = (
    b"POST /transactions:batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


def chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def line(number: int) -> bytes:
    return json.dumps(body("s", transactionId=f"t{number}")).encode() + b"\n"


async def next_result(reader: asyncio.StreamReader) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            read = await reader.readline()
            if read.startswith(b'{"line"'):
                found: dict[str, Any] = json.loads(read)
                return found


async def test_each_result_comes_before_the_next_line_is_sent(started_without_views: tuple[Service, Settings]) -> None:
    service, _ = started_without_views
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(_HEAD)
    for number in range(1, 4):
        writer.write(chunk(line(number)))
        assert (await next_result(reader)) == {"line": number, "status": 201, "transactionId": f"t{number}"}
    writer.write(chunk(b""))
    writer.close()


async def test_what_was_answered_stays_when_the_client_leaves_in_the_middle(
    started_without_views: tuple[Service, Settings],
) -> None:
    service, _ = started_without_views
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(_HEAD + chunk(line(1) + line(2)[:50]))
    assert (await next_result(reader))["status"] == 201
    writer.transport.abort()
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        assert (await http.get("/transactions/t1")).status_code == 200
        assert (await http.get("/transactions/t2")).status_code == 404
        assert (await http.get("/health/ready")).status_code == 200
