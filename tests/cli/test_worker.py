"""The projector as a process of its own, on real tables."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.projector import projection_of, view_writer_of
from app.ports.views import CategoryTotal
from app.settings import Settings
from app.store.database import Database
from app.store.purchase_codec import purchase_item
from tests.purchases import purchase

BOUND_SECONDS = 60


@asynccontextmanager
async def started(settings: Settings, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker, which does not outlive the test."""
    tables = {"ENVIRONMENT": "local", "FACTS_TABLE": settings.facts_table, "VIEWS_TABLE": settings.views_table}
    worker = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "kickbacks"),
        "worker",
        # The first views wait for writes that may be under way.
        env={**os.environ, "REQUEST_SECONDS": "1", **tables, **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield worker
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
async def test_it_counts_what_is_bought_until_it_is_told_to_stop(
    client: Any, make_settings: Callable[..., Awaitable[Settings]], with_signal: signal.Signals
) -> None:
    settings = await make_settings()
    facts = Database(client, settings.facts_table)
    projection = projection_of(settings, client)
    wanted = CategoryTotal("2023-05", "GROCERY")
    counted = 0
    async with asyncio.timeout(BOUND_SECONDS), started(settings) as worker:
        while (generation := (await projection.state()).generation) is None:  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.1)
        for number in range(3):
            bought = purchase(transaction_id=f"t{number}", created_at=f"2999-01-01T00:00:0{number}.000000Z")
            await facts.put_item(purchase_item(bought, category_shards=1, card_shards=1))
        while counted < 3:
            rows = await view_writer_of(settings, client).load(generation, [wanted])
            counted = rows[wanted].totals.count if rows else 0
            await asyncio.sleep(0.05)
        worker.send_signal(with_signal)
        assert await worker.wait() == 0
    [shard] = (await projection.state()).progress
    assert shard.owner is None
    assert counted == 3


async def test_a_stream_that_is_missing_is_told_in_plain_words(
    make_settings: Callable[..., Awaitable[Settings]],
) -> None:
    settings = await make_settings()
    name = f"{settings.facts_table}-gone"
    said = ""
    async with (
        asyncio.timeout(BOUND_SECONDS),
        started(settings, ENVIRONMENT="production", FACTS_TABLE=name) as worker,
    ):
        assert worker.stdout is not None
        while f"the table {name} is not there, or has no stream" not in said:
            line = await worker.stdout.readline()
            assert line, said
            said += line.decode()
        worker.send_signal(signal.SIGTERM)
        await worker.stdout.read()
        assert await worker.wait() == 0
