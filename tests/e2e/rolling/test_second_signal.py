"""A second SIGTERM ends an instance at once, in the middle of a batch: what it had acknowledged is there, nothing is
half written, and the same batch again completes it."""

import asyncio
import json
import signal
import time
from typing import Any

import httpx
import pytest

from app.settings import Settings
from tests.bodies import body
from tests.e2e.commands import run_kickbacks
from tests.e2e.rolling.books import books
from tests.e2e.service import Service, service

pytestmark = [pytest.mark.dynamodb, pytest.mark.faults]

ENDLESS = 100_000
MORE = 50
ENOUGH = 100
NEVER_SECONDS = "100"
SHUTDOWN_SECONDS = 1
STOP_MARGIN_SECONDS = 10.0  # a busy machine's
HEAD = (
    b"POST /transactions:batch HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
)


async def test_a_second_sigterm_ends_it_in_the_middle_of_a_batch(make_settings: Any, admin: Any) -> None:
    settings: Settings = await make_settings(stream=False)
    environment = {
        "ENVIRONMENT": "local",
        "PROJECTOR": "outside",
        "FACTS_TABLE": settings.facts_table,
        "VIEWS_TABLE": settings.views_table,
        "VAULT_TABLE": settings.vault_table,
        "VAULT_KEY_FILE": str(settings.vault_key_file),
        "DRAIN_SECONDS": NEVER_SECONDS,
        "SHUTDOWN_SECONDS": str(SHUTDOWN_SECONDS),
    }
    async with service(environment) as one:
        answered: list[dict[str, Any]] = []
        importing = asyncio.create_task(import_some(one, ENDLESS, answered))
        async with asyncio.timeout(60):
            while len(answered) < ENOUGH:  # noqa: ASYNC110 - by another task
                await asyncio.sleep(0.005)
        await stop_twice(one)
        await importing
        assert {line["status"] for line in answered} == {201}
        await assert_recorded(admin, settings.facts_table, answered)
        code, said = await run_kickbacks(environment, "verify")
        assert code == 0, said

        await one.start()
        again: list[dict[str, Any]] = []
        await import_some(one, len(answered) + MORE, again)
        assert [line["status"] for line in again[: len(answered)]] == [200] * len(answered)
        assert {line["status"] for line in again} <= {200, 201}
        assert len(again) == len(answered) + MORE
        await one.stop(signal.SIGINT)
    found = await books(admin, settings.facts_table)
    assert {line["transactionId"] for line in again} <= set(found.purchases)
    assert set(found.purchases.values()) == {1}


async def stop_twice(one: Service) -> None:
    """After the first it is not ready and goes on; after the second it has little time."""
    draining = asyncio.create_task(one.stop())
    async with asyncio.timeout(30), httpx.AsyncClient(timeout=30) as http:
        while (await http.get(f"{one.url}/health/ready")).status_code != 503:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.02)
    assert not draining.done()
    started = time.perf_counter()
    assert await one.stop() == await draining == 0
    assert time.perf_counter() - started < SHUTDOWN_SECONDS + STOP_MARGIN_SECONDS


async def import_some(one: Service, count: int, answered: list[dict[str, Any]]) -> None:
    """One batch of so many purchases, written while results are read; ends early when the service does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
    sending = asyncio.create_task(send(writer, count))
    try:
        while line := await reader.readline():
            if line.startswith(b'{"line":'):
                answered.append(json.loads(line))
            elif line == b"0\r\n":  # the last chunk
                break
    except ConnectionError:
        return
    finally:
        sending.cancel()
        writer.close()
        await asyncio.gather(sending, return_exceptions=True)


async def send(writer: asyncio.StreamWriter, count: int) -> None:
    """Each line a chunk of its own."""
    writer.write(HEAD)
    for number in range(count):
        line = json.dumps(body(f"u{number % 20}", transactionId=f"t{number}", kickbackAmount=1)).encode() + b"\n"
        writer.write(b"%x\r\n%s\r\n" % (len(line), line))
        await writer.drain()
        await asyncio.sleep(0.001)
    writer.write(b"0\r\n\r\n")


async def assert_recorded(admin: Any, table: str, answered: list[dict[str, Any]]) -> None:
    """What was acknowledged is there, and of what was not, all or nothing."""
    found = await books(admin, table)
    assert {line["transactionId"] for line in answered} <= set(found.purchases)
    assert found.purchases == found.guards
    assert sum(len(entries) for entries in found.entries.values()) == found.purchases.total()
    assert set(found.purchases.values()) == {1}
