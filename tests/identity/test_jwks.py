"""Promise I2: how long keys are kept, and how often their issuer is asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from app.identity.jwks import (
    FAILING_S,
    KEPT_S,
    REFRESHED_AFTER_S,
    RETRY_S,
    RETRY_WITHOUT_KEYS_S,
    STALE_S,
    FetchFailed,
    Jwks,
)
from app.identity.key_sets import KeySet
from app.ports.identity import IssuerUnavailable
from app.telemetry import REGISTRY
from tests.identity.issuer import a_key
from tests.identity.rig import Clock, set_of

OLD, NEW = set_of(a_key("old")), set_of(a_key("new"))


@dataclass
class FakeIssuer:
    """Answers at once, or when it is told to."""

    keys: KeySet | None = OLD
    asked: int = 0
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    defect: Exception | None = None

    async def fetch(self) -> KeySet:
        self.asked += 1
        await self.may_answer.wait()
        if self.defect is not None:
            raise self.defect
        if self.keys is None:
            raise FetchFailed("no answer")
        return self.keys


@dataclass
class Bench:
    issuer: FakeIssuer
    clock: Clock
    jwks: Jwks

    async def settled(self) -> None:
        """What is under way in the background is done."""
        for _ in range(5):
            await asyncio.sleep(0)


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    issuer, clock = FakeIssuer(), Clock()
    issuer.may_answer.set()
    jwks = Jwks(issuer.fetch, lambda: clock.seconds)
    yield Bench(issuer, clock, jwks)
    await jwks.close()


async def test_the_first_use_asks_and_the_next_ones_do_not(bench: Bench) -> None:
    assert await bench.jwks.keys() is OLD
    bench.clock.wait(REFRESHED_AFTER_S - 1)
    assert bench.jwks.fresh() is OLD
    assert await bench.jwks.keys() is OLD
    assert bench.issuer.asked == 1


async def test_all_who_come_first_wait_for_one_answer(bench: Bench) -> None:
    bench.issuer.may_answer.clear()
    waiting = [asyncio.create_task(bench.jwks.keys()) for _ in range(100)]
    await bench.settled()
    bench.issuer.may_answer.set()
    assert all(found is OLD for found in await asyncio.gather(*waiting))
    assert bench.issuer.asked == 1


async def test_who_gives_up_does_not_end_it_for_the_others(bench: Bench) -> None:
    bench.issuer.may_answer.clear()
    impatient, patient = (asyncio.create_task(bench.jwks.keys()) for _ in range(2))
    await bench.settled()
    impatient.cancel()
    await bench.settled()
    bench.issuer.may_answer.set()
    assert await patient is OLD
    assert bench.issuer.asked == 1


async def test_keys_are_renewed_before_anybody_has_to_wait(bench: Bench) -> None:
    await bench.jwks.keys()
    bench.issuer.keys = NEW
    bench.clock.wait(REFRESHED_AFTER_S)
    assert bench.jwks.fresh() is OLD
    await bench.settled()
    assert bench.jwks.fresh() is NEW
    assert bench.issuer.asked == 2


async def test_no_key_serves_longer_than_ten_minutes_unasked(bench: Bench) -> None:
    await bench.jwks.keys()
    bench.issuer.keys = NEW
    bench.clock.wait(KEPT_S)
    assert bench.jwks.fresh() is None
    assert await bench.jwks.keys() is NEW


async def test_a_renewal_under_way_is_waited_for_after_ten_minutes(bench: Bench) -> None:
    await bench.jwks.keys()
    bench.issuer.keys = NEW
    bench.issuer.may_answer.clear()
    bench.clock.wait(KEPT_S - 1)
    assert bench.jwks.fresh() is OLD
    bench.clock.wait(1)
    asyncio.get_running_loop().call_soon(bench.issuer.may_answer.set)
    assert await bench.jwks.keys() is NEW
    assert bench.issuer.asked == 2


async def test_the_same_keys_again_are_the_same_object(bench: Bench) -> None:
    """Else all remembered tokens would be verified again every ten minutes."""
    key = a_key("key")
    bench.issuer.keys = first = set_of(key)
    await bench.jwks.keys()
    bench.issuer.keys = set_of(key)
    bench.clock.wait(KEPT_S)
    assert await bench.jwks.keys() is first


async def test_an_outage_is_waited_for_once_and_tried_each_half_minute(bench: Bench) -> None:
    await bench.jwks.keys()
    bench.issuer.keys = None
    bench.clock.wait(KEPT_S)
    assert await bench.jwks.keys() is OLD
    assert bench.issuer.asked == 2
    bench.issuer.may_answer.clear()  # from now on waiting would be for ever
    for second in range(10 * RETRY_S):
        assert bench.jwks.fresh() is OLD
        bench.issuer.may_answer.set()
        await bench.settled()
        bench.issuer.may_answer.clear()
        bench.clock.wait(1)
        assert bench.issuer.asked == 2 + second // RETRY_S
    bench.issuer.may_answer.set()


async def test_after_an_outage_and_a_pause_keys_are_waited_for_again(bench: Bench) -> None:
    await bench.jwks.keys()
    bench.issuer.keys = None
    bench.clock.wait(KEPT_S)
    await bench.jwks.keys()
    bench.issuer.keys = NEW
    bench.clock.wait(FAILING_S)
    assert bench.jwks.fresh() is None
    assert await bench.jwks.keys() is NEW


async def test_keys_stay_good_for_a_day_of_outage(bench: Bench) -> None:
    await bench.jwks.keys()
    bench.issuer.keys = None
    bench.clock.wait(STALE_S - 1)
    assert await bench.jwks.keys() is OLD
    bench.clock.wait(1)
    assert bench.jwks.fresh() is None
    with pytest.raises(IssuerUnavailable):
        await bench.jwks.keys()
    with pytest.raises(IssuerUnavailable):
        await bench.jwks.newer()
    bench.issuer.keys = NEW
    bench.clock.wait(RETRY_S)
    assert await bench.jwks.keys() is NEW


async def test_without_an_issuer_it_is_asked_again_soon(bench: Bench) -> None:
    bench.issuer.keys = None
    for _ in range(20):
        with pytest.raises(IssuerUnavailable):
            await bench.jwks.keys()
    assert bench.issuer.asked == 1
    bench.issuer.keys = OLD
    bench.clock.wait(RETRY_WITHOUT_KEYS_S)
    assert await bench.jwks.keys() is OLD


async def test_a_flood_of_unknown_keys_asks_twice_a_minute(bench: Bench) -> None:
    await bench.jwks.keys()
    for _ in range(120):
        found = await asyncio.gather(*(bench.jwks.newer() for _ in range(20)))
        assert all(one is OLD for one in found)
        bench.clock.wait(1)
    assert bench.issuer.asked == 1 + 120 // RETRY_S


async def test_a_flood_does_not_hide_a_new_key_for_long(bench: Bench) -> None:
    await bench.jwks.keys()
    await bench.jwks.newer()
    bench.issuer.keys = NEW
    assert await bench.jwks.newer() is OLD
    bench.clock.wait(RETRY_S)
    assert await bench.jwks.newer() is NEW


async def test_of_an_unknown_key_nothing_is_said_while_the_issuer_is_away(bench: Bench) -> None:
    await bench.jwks.keys()
    bench.issuer.keys = None
    for _ in range(20):
        with pytest.raises(IssuerUnavailable):
            await bench.jwks.newer()
    assert bench.issuer.asked == 2
    assert bench.jwks.fresh() is OLD
    bench.issuer.keys = NEW
    bench.clock.wait(RETRY_S)
    assert await bench.jwks.newer() is NEW


async def test_keys_are_as_old_as_the_question(bench: Bench) -> None:
    """A key may have been taken back while the answer was on its way."""
    bench.issuer.may_answer.clear()
    waiting = asyncio.create_task(bench.jwks.keys())
    await bench.settled()
    bench.clock.wait(100)
    bench.issuer.may_answer.set()
    await waiting
    bench.clock.wait(KEPT_S - 100)
    assert bench.jwks.fresh() is None


async def test_a_defect_is_logged_and_counts_as_an_outage(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    await bench.jwks.keys()
    bench.issuer.defect = RuntimeError("unforeseen")
    bench.clock.wait(KEPT_S)
    assert await bench.jwks.keys() is OLD
    assert "issuer_keys_failed" in capsys.readouterr().out
    bench.issuer.defect, bench.issuer.keys = None, NEW
    bench.clock.wait(RETRY_S)
    bench.jwks.fresh()
    await bench.settled()
    assert bench.jwks.fresh() is NEW


async def test_closing_ends_what_is_under_way(bench: Bench) -> None:
    bench.issuer.may_answer.clear()
    waiting = asyncio.create_task(bench.jwks.keys())
    await bench.settled()
    await bench.jwks.close()
    with pytest.raises(IssuerUnavailable):
        await waiting


async def test_questions_are_counted_by_their_end(bench: Bench) -> None:
    def count(outcome: str) -> float:
        return REGISTRY.get_sample_value("kickbacks_issuer_fetches_total", {"outcome": outcome}) or 0

    before = count("ok"), count("failed")
    await bench.jwks.keys()
    bench.issuer.keys = None
    bench.clock.wait(KEPT_S)
    await bench.jwks.keys()
    assert (count("ok"), count("failed")) == (before[0] + 1, before[1] + 1)
