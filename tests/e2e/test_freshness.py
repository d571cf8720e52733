"""How far the views are behind while purchases come in, one after the other."""

import asyncio
from datetime import UTC, datetime
from statistics import median

import httpx
import pytest

from app.settings import Settings
from tests.bodies import body
from tests.e2e.service import Service

# A rate is kept only where nothing else runs.
pytestmark = [pytest.mark.dynamodb, pytest.mark.long]

PER_SECOND = 100
SECONDS = 4
MOST_SECONDS_BEHIND = 2.0
ATTEMPTS = 5
RANKING = "/categories/GROCERY/rankings?month=2023-05"


async def test_the_views_keep_up_with_a_hundred_purchases_a_second(started: tuple[Service, Settings]) -> None:
    """At the median; the slowest is whatever the machine is busy with."""
    service, _ = started
    behind: list[float] = []
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        async with asyncio.TaskGroup() as posting:
            for number in range(PER_SECOND * SECONDS):
                posting.create_task(post(http, number))
                await asyncio.sleep(1 / PER_SECOND)
                if number % 20 == 19:
                    behind.append(await seconds_behind(http))
        all_posted = datetime.now(UTC).isoformat()[:-6]
        async with asyncio.timeout(30):
            while (answer := await http.get(f"{RANKING}&notBefore={all_posted}Z")).status_code == 503:
                assert answer.headers["retry-after"]
    assert answer.json()["totals"]["count"] == PER_SECOND * SECONDS
    assert median(behind) < MOST_SECONDS_BEHIND


async def post(http: httpx.AsyncClient, number: int) -> None:
    """As a client does: what is refused for now is sent again, when the answer says, and counts once."""
    for _ in range(ATTEMPTS):
        answer = await http.post("/transactions", json=body(f"u{number % 50}", transactionId=f"t{number}"))
        if answer.status_code != 503:
            break
        await asyncio.sleep(float(answer.headers["retry-after"]))
    assert answer.status_code in (200, 201)


async def seconds_behind(http: httpx.AsyncClient) -> float:
    """The answer says how old it is."""
    as_of = datetime.fromisoformat((await http.get(f"{RANKING}&limit=1")).json()["asOf"])
    return (datetime.now(UTC) - as_of).total_seconds()
