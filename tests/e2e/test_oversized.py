"""What a client sends too much of is refused while it sends, and costs no memory."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.bodies import body
from tests.e2e.service import Service

pytestmark = pytest.mark.dynamodb

_MEGABYTE = b"x" * 1024 * 1024
_OFFERED = 256


def memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


async def offer(service: Service, path: str, media_type: str) -> bytes:
    """Sends chunks until the service stops taking them, and returns the beginning of its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head.encode())
    with suppress(ConnectionError):  # it has heard enough
        for _ in range(_OFFERED):
            writer.write(f"{len(_MEGABYTE):x}\r\n".encode() + _MEGABYTE + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(4096), 30)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/transactions", "application/json"), ("/transactions:batch", "application/x-ndjson")],
)
async def test_memory_stays_flat(started_without_views: tuple[Service, Settings], path: str, media_type: str) -> None:
    service, _ = started_without_views
    before = memory_mb(service.pid)
    answer = await offer(service, path, media_type)
    assert b" 413 " in answer or answer == b"" or path.endswith("batch")
    assert memory_mb(service.pid) - before < 40
    async with httpx.AsyncClient(timeout=30) as http:
        assert (await http.post(f"{service.url}/transactions", json=body("after"))).status_code == 201


@pytest.mark.parametrize(
    "head",
    [
        b"POST /transactions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /transactions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /transactions HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    ],
)
async def test_two_lengths_of_one_body_are_refused(
    started_without_views: tuple[Service, Settings], head: bytes
) -> None:
    service, _ = started_without_views
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(head + b'{"a":1}')
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 30)  # until the service closes
    writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_a_body_of_known_length_is_refused_before_it_is_read(
    started_without_views: tuple[Service, Settings],
) -> None:
    service, _ = started_without_views
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.post(
            f"{service.url}/transactions",
            content=json.dumps(body("big", description="x" * 70_000)).encode(),
            headers={"content-type": "application/json"},
        )
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
