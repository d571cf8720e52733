"""What clients see while DynamoDB is overloaded, slow or away for a while, and how soon after it all is well again."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from httpx import AsyncClient, Response

from app.settings import Settings
from app.store.client import ClientOptions, data_client
from tests.bodies import body
from tests.faults.conftest import Connections, replica
from tests.faults.proxy import Fault, Proxy

pytestmark = pytest.mark.dynamodb

AT_ONCE = 0.3
SOON = 5.0
# Bounds that a busy machine does not reach: what is tried here then depends on what DynamoDB answers alone.
PATIENT = {"connect_seconds": 20, "read_seconds": 20, "call_seconds": 60}
# What a call takes at most where DynamoDB is silent. Medians are looked at: a busy machine stands still at times.
IMPATIENT = {"connect_seconds": 0.4, "read_seconds": 0.4, "call_seconds": 0.8}


@dataclass(slots=True)
class Answered:
    """What came of requests: how many of each status, and how long they took."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    async def ask(self, request: Awaitable[Response]) -> Response:
        started = time.perf_counter()
        answer = await request
        self.seconds.append(time.perf_counter() - started)
        self.statuses[answer.status_code] += 1
        if answer.status_code == 503:
            assert (answer.json()["code"], answer.headers["retry-after"].isdigit()) == ("UNAVAILABLE", True)
        return answer

    def share(self, *statuses: int) -> float:
        return sum(self.statuses[one] for one in statuses) / self.statuses.total()

    def percentile(self, percent: int) -> float:
        return sorted(self.seconds)[len(self.seconds) * percent // 100]


async def at_most(at_once: int, doing: Iterable[Awaitable[Any]]) -> None:
    slots = asyncio.Semaphore(at_once)

    async def one(what: Awaitable[Any]) -> None:
        async with slots:
            await what

    await asyncio.gather(*(one(what) for what in doing))


Serve = Callable[..., Any]


@pytest_asyncio.fixture
async def serve(
    connections: Connections, make_settings: Callable[..., Awaitable[Settings]]
) -> AsyncIterator[Callable[..., Awaitable[AsyncClient]]]:
    """Starts the application with what it does about trouble, and everything there that it needs of other calls."""
    connections.proxy.reset()
    async with AsyncExitStack() as stack:

        async def one(settings: Settings | None = None, **options: Any) -> AsyncClient:
            chosen = {"attempts": 8, **PATIENT, **options}
            client = await stack.enter_async_context(
                data_client(ClientOptions(region="ap-northeast-1", endpoint=connections.proxy.url, **chosen))
            )
            settings = settings or await make_settings(stream=False)
            http = await stack.enter_async_context(replica(settings, client))
            for _ in range(30):  # impatient ones may need several tries
                if (await http.post("/transactions", json=body("first"))).status_code in (200, 201):
                    return http
                await asyncio.sleep(0.5)
            raise AssertionError("it does not even start well")

        yield one
    connections.proxy.reset()


@pytest.fixture
def between(connections: Connections) -> Proxy:
    return connections.proxy


def purchases(http: AsyncClient, count: int, name: str = "u") -> list[Any]:
    return [http.post("/transactions", json=body(f"{name}{number}")) for number in range(count)]


async def test_with_four_calls_in_ten_throttled_nearly_all_succeed_in_time(serve: Serve, between: Proxy) -> None:
    http, rng, answered = await serve(), random.Random(1), Answered()
    between.decide = lambda _: Fault.THROTTLE if rng.random() < 0.4 else None
    reads = [http.get("/users/user-u1/kickbacks") for _ in range(75)]
    await at_most(12, (answered.ask(one) for one in [*purchases(http, 225), *reads]))
    assert between.fired[Fault.THROTTLE] > 200
    assert answered.share(200, 201) >= 0.99
    assert answered.share(200, 201, 503) == 1
    between.reset()
    again = Answered()
    await at_most(12, (again.ask(one) for one in purchases(http, 40)))
    assert again.share(200, 201) == 1
    entries = (await http.get("/users/user-u1/kickbacks")).json()["items"]
    assert len(entries) == 1  # however often it was tried


async def test_with_three_transactions_in_ten_in_conflict_all_succeed(serve: Serve, between: Proxy) -> None:
    http, rng, answered = await serve(), random.Random(2), Answered()
    between.decide = lambda name: Fault.CONFLICT if name == "TransactWriteItems" and rng.random() < 0.3 else None
    await at_most(12, (answered.ask(one) for one in purchases(http, 250)))
    assert between.fired[Fault.CONFLICT] > 50
    assert answered.share(200, 201) == 1


async def test_throttled_throughout_it_fails_at_once_tries_little_and_recovers_soon(
    serve: Serve, between: Proxy
) -> None:
    http = await serve()
    between.decide = lambda _: Fault.THROTTLE
    before, throttled = between.seen.total(), Answered()
    await at_most(20, (throttled.ask(http.get("/transactions/txn-first")) for _ in range(300)))
    assert throttled.statuses == {503: 300}
    assert between.seen.total() - before <= 1.2 * 300
    assert throttled.percentile(50) < AT_ONCE, "most came after the circuit had opened"
    between.heal()
    assert await seconds_until_well(http) < SOON
    assert await all_is_well(http)


async def test_silence_is_waited_out_once_and_then_answered_at_once(serve: Serve, between: Proxy) -> None:
    http = await serve(**IMPATIENT)
    between.decide, between.delay_seconds = lambda _: Fault.DELAY, 6.0
    first = Answered()
    await asyncio.gather(*(first.ask(one) for one in purchases(http, 30)))
    assert first.share(503) == 1
    assert first.percentile(50) < 3.0
    seen = between.seen.total()
    then = Answered()
    for number in range(50):
        await then.ask(http.post("/transactions", json=body(f"later{number}")))
    assert then.share(503) == 1
    assert then.percentile(50) < AT_ONCE
    assert between.seen.total() - seen <= 5, "no more than probes"
    assert (await http.get("/health/live")).status_code == 200
    assert (await http.get("/health/ready")).status_code == 503  # it was never asked before, and never answered
    between.heal()
    assert await seconds_until_well(http) < SOON


async def test_an_outage_does_not_make_an_instance_unready_that_was_ready(serve: Serve, between: Proxy) -> None:
    http = await serve()
    assert (await http.get("/health/ready")).status_code == 200
    between.decide = lambda _: Fault.LOSE_REQUEST
    await asyncio.gather(*purchases(http, 30))
    await asyncio.sleep(1.1)
    assert (await http.post("/transactions", json=body("away"))).status_code == 503
    assert (await http.get("/health/ready")).status_code == 200


async def test_one_table_in_trouble_leaves_reads_of_it_alone(serve: Serve, between: Proxy) -> None:
    """Reads and writes are throttled apart, and so are the circuits."""
    http = await serve()
    between.decide = lambda name: Fault.THROTTLE if name == "TransactWriteItems" else None
    answered = Answered()
    await at_most(30, (answered.ask(one) for one in purchases(http, 150)))
    assert answered.share(503) == 1
    writes = between.seen["TransactWriteItems"]
    assert (await http.post("/transactions", json=body("now"))).status_code == 503
    assert between.seen["TransactWriteItems"] <= writes + 1, "no more than a probe"
    assert await all_is_well(http)


async def test_a_write_that_was_lost_and_then_throttled_may_have_been_written(serve: Serve, between: Proxy) -> None:
    http = await serve(attempts=2)
    between.once("TransactWriteItems", Fault.LOSE_RESPONSE, Fault.THROTTLE)
    answer = await http.post("/transactions", json=body("lost"))
    assert (answer.status_code, "may have been written" in answer.json()["detail"]) == (503, True)
    assert (await http.post("/transactions", json=body("lost"))).status_code == 200
    between.once("TransactWriteItems", Fault.THROTTLE, Fault.THROTTLE)
    answer = await http.post("/transactions", json=body("throttled"))
    assert (answer.status_code, "Nothing was changed" in answer.json()["detail"]) == (503, True)
    assert (await http.post("/transactions", json=body("throttled"))).status_code == 201


async def test_slow_answers_of_single_shards_are_overtaken(
    serve: Serve, between: Proxy, make_settings: Callable[..., Awaitable[Settings]]
) -> None:
    settings = await make_settings(stream=False, category_shards=16)
    without = await _ask_all_shards(await serve(settings), between)
    hedged = await _ask_all_shards(await serve(settings.model_copy(update={"hedge_after_ms": 500})), between)
    assert without.share(200) == hedged.share(200) == 1
    assert without.percentile(90) > 3.0
    assert hedged.percentile(80) < 2.5
    assert sum(hedged.seconds) < sum(without.seconds)


async def _ask_all_shards(http: AsyncClient, between: Proxy) -> Answered:
    """One query in fifty takes three seconds longer."""
    rng, answered = random.Random(3), Answered()
    await http.get("/categories/GROCERY/transactions")
    between.decide = lambda name: Fault.DELAY if name == "Query" and rng.random() < 0.02 else None
    between.delay_seconds = 3.0
    await at_most(8, (answered.ask(http.get("/categories/GROCERY/transactions")) for _ in range(40)))
    between.heal()
    return answered


async def all_is_well(http: AsyncClient) -> bool:
    answered = Answered()
    await at_most(5, (answered.ask(http.get("/transactions/txn-first")) for _ in range(40)))
    return answered.statuses == {200: 40}


async def seconds_until_well(http: AsyncClient) -> float:
    """Until a request succeeds."""
    started = time.perf_counter()
    while (await http.get("/transactions/txn-first")).status_code != 200:
        await asyncio.sleep(0.05)
        assert time.perf_counter() - started < 20
    return time.perf_counter() - started
