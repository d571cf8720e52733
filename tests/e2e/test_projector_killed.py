"""SIGKILL to the projector at any moment of its work, fifty times: the views are what the purchases add up to."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.settings import Settings
from app.store.view_keys import CONTROL_PK, CURRENT_SK, control_pk
from tests.bodies import body
from tests.e2e.commands import run_kickbacks
from tests.e2e.service import Service, service
from tests.e2e.workers import workers

pytestmark = [pytest.mark.dynamodb, pytest.mark.long]

PURCHASES = 5000
KILLS = 50
STANDBY = 3
LEASE_SECONDS = 0.3


def purchases() -> list[dict[str, Any]]:
    rng = random.Random(20231001)
    return [
        body(
            f"u{rng.randrange(40)}",
            transactionId=f"t{n}",
            transactionDate=f"2023-{rng.choice(('04', '05'))}-{rng.choice(('01', '15', '28'))}",
            occurredAt=...,
            category=rng.choice(("GROCERY", "GROCERY", "DINING", "FUEL")),
            cardId=f"card{rng.randrange(30)}",
            merchantName=f"店{rng.randrange(12)}",
            transactionAmount=rng.randrange(100, 9_000),
            kickbackAmount=rng.randrange(0, 90),
            kickbackRate="0.01",
        )
        for n in range(PURCHASES)
    ]


@pytest_asyncio.fixture
async def outside(make_settings: Any) -> AsyncIterator[tuple[Service, Settings, dict[str, str]]]:
    """The service without a projector, its settings, and the environment of projectors beside it."""
    settings = await make_settings()
    environment = {
        "ENVIRONMENT": "local",
        "PROJECTOR": "outside",
        "FACTS_TABLE": settings.facts_table,
        "VIEWS_TABLE": settings.views_table,
        "STREAM_LEASE_SECONDS": str(LEASE_SECONDS),
        "DRAIN_SECONDS": "0",
    }
    async with service(environment) as one:
        yield one, settings, environment


async def owner_of(admin: Any, views: str) -> int | None:
    """The process that has the stream's shard, if its lease has not run out long ago."""
    current = await admin.get_item(
        TableName=views, Key={"PK": {"S": CONTROL_PK}, "SK": {"S": CURRENT_SK}}, ConsistentRead=True
    )
    if "Item" not in current:
        return None
    pk = control_pk(int(current["Item"]["generation"]["N"]))
    found = await admin.query(
        TableName=views,
        KeyConditionExpression="PK = :pk AND begins_with(SK, :shard)",
        ExpressionAttributeValues={":pk": {"S": pk}, ":shard": {"S": "SHARD#"}},
        ConsistentRead=True,
    )
    owners = [item["owner"]["S"] for item in found["Items"] if not item["finished"]["S"] and item["owner"]["S"]]
    return int(owners[0].split("-")[-2]) if owners else None


async def send(http: httpx.AsyncClient, url: str, some: list[dict[str, Any]]) -> None:
    content = "\n".join(json.dumps(one) for one in some).encode()
    answer = await http.post(
        f"{url}/transactions:batch", content=content, headers={"content-type": "application/x-ndjson"}
    )
    assert answer.text.count('"status":201') == len(some)


async def test_killed_fifty_times_during_five_thousand_purchases(
    outside: tuple[Service, Settings, dict[str, str]], admin: Any
) -> None:
    one, settings, environment = outside
    rng = random.Random(7)
    sent = purchases()
    portion = PURCHASES // KILLS
    async with workers(environment) as some, httpx.AsyncClient(timeout=60) as http:
        for _ in range(STANDBY):
            await some.start()
        for kill in range(KILLS):
            sending = asyncio.create_task(send(http, one.url, sent[kill * portion : (kill + 1) * portion]))
            async with asyncio.timeout(60):
                while (victim := await owner_of(admin, settings.views_table)) not in some.running:  # noqa: ASYNC110 - other processes do it
                    await asyncio.sleep(0.02)
            await asyncio.sleep(rng.random() * 0.3)
            assert victim is not None
            some.kill(victim)
            await some.start()
            await sending
        assert some.killed == KILLS
        await assert_answers(http, one.url, sent)
        code, said = await run_kickbacks(environment, "verify")
        assert code == 0, said


async def assert_answers(http: httpx.AsyncClient, url: str, sent: list[dict[str, Any]]) -> None:
    """The views' answer, once they have got so far, is that of the purchases themselves."""
    now = (await http.get(f"{url}/categories/GROCERY/rankings?month=2023-05&view=live")).json()["asOf"]
    async with asyncio.timeout(240):
        while (await http.get(f"{url}/categories/GROCERY/rankings?month=2023-05")).json()["asOf"] < now:  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.2)
    for category in ("GROCERY", "DINING", "FUEL"):
        for by in ("card", "merchant", "user"):
            path = f"{url}/categories/{category}/rankings?month=2023-05&by={by}&limit=200"
            views = (await http.get(path)).json()
            live = (await http.get(f"{path}&view=live")).json()
            assert {**views, "asOf": ""} == {**live, "asOf": ""}
        mine = [x for x in sent if x["category"] == category and x["transactionDate"].startswith("2023-05")]
        assert views["totals"]["count"] == len(mine)
        assert views["totals"]["kickbackValue"] == sum(x["kickbackAmount"] for x in mine)
