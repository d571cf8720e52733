"""SIGKILL at any moment, and the requests that were not answered sent again: everything is there exactly once."""

import asyncio
import random
from collections import defaultdict
from typing import Any

import httpx
import pytest

from app.settings import Settings
from tests.bodies import body
from tests.e2e.service import Service

pytestmark = pytest.mark.dynamodb

PURCHASES = 1000
USERS = 25
KILLS = 5
IN_FLIGHT = 16
STATUS_AFTER = {200, 201}


def purchases() -> list[dict[str, Any]]:
    return [body(f"u{n % USERS}", transactionId=f"t{n}", kickbackAmount=1) for n in range(PURCHASES)]


async def post_all(http: httpx.AsyncClient, url: str, waiting: list[dict[str, Any]], answered: dict[str, int]) -> None:
    """Sends what is not answered yet; ends early when the service is gone."""
    queue = iter(waiting)

    async def worker() -> None:
        for one in queue:
            try:
                answer = await http.post(f"{url}/transactions", json=one)
            except httpx.TransportError:
                return
            if answer.status_code in STATUS_AFTER:
                answered[one["transactionId"]] = answer.status_code
            else:
                assert answer.status_code == 503

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


async def test_killed_during_a_thousand_posts(started_without_views: tuple[Service, Settings], admin: Any) -> None:
    service, settings = started_without_views
    rng = random.Random(20231001)
    sent, answered = purchases(), dict[str, int]()
    async with httpx.AsyncClient(timeout=30) as http:
        for _ in range(KILLS):
            waiting = [one for one in sent if one["transactionId"] not in answered]
            enough = len(answered) + rng.randrange(20, 150)
            posting = asyncio.create_task(post_all(http, service.url, waiting, answered))
            while len(answered) < enough and not posting.done():  # noqa: ASYNC110 - the moment is to be any
                await asyncio.sleep(0.002)
            await asyncio.sleep(rng.random() * 0.02)
            await service.kill()
            await posting
            await service.start()
        for _ in range(5):
            waiting = [one for one in sent if one["transactionId"] not in answered]
            await post_all(http, service.url, waiting, answered)
        again = await asyncio.gather(*(http.post(f"{service.url}/transactions", json=one) for one in sent[::50]))
    assert len(answered) == PURCHASES
    assert {answer.status_code for answer in again} == {200}
    await assert_recorded_once(admin, settings.facts_table)


async def assert_recorded_once(admin: Any, table: str) -> None:
    items = []
    async for page in admin.get_paginator("scan").paginate(TableName=table):
        items += page["Items"]
    keys = [item["SK"]["S"] for item in items]
    assert sum(key.startswith("TRANSACTION#") for key in keys) == PURCHASES
    assert sum(key == "TXN" for key in keys) == PURCHASES
    balances: dict[str, list[int]] = defaultdict(list)
    for item in items:
        if item["SK"]["S"].startswith("LEDGER#"):
            balances[item["userId"]["S"]].append(int(item["balance"]["N"]))
    assert len(balances) == USERS
    assert all(sorted(of_user) == list(range(1, PURCHASES // USERS + 1)) for of_user in balances.values())


async def test_what_was_answered_outlives_a_restart(started_without_views: tuple[Service, Settings]) -> None:
    service, _ = started_without_views
    async with httpx.AsyncClient(timeout=30) as http:
        first = await http.post(f"{service.url}/transactions", json=body("r"))
        assert await service.stop() == 0
        await service.start()
        assert (await http.get(f"{service.url}/transactions/txn-r")).content == first.content
        again = await http.post(f"{service.url}/transactions", json=body("r"))
        assert (again.status_code, again.content) == (200, first.content)
