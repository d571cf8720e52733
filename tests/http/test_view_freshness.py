"""How new answers from the views are: they say it, wait for it, or refuse, but never pass old for new."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from httpx import AsyncClient, Response

from app.domain.periods import utc_text
from app.settings import Projector, Settings
from tests.bodies import body
from tests.http.conftest import running
from tests.http.settled import services_behind, settled

ROUTES = (
    "/categories/GROCERY/rankings?month=2023-05",
    "/rankings/categories?month=2023-05",
    "/rankings/cards?from=2023-05-01&to=2023-05-31",
    "/cards/card456/efficiency?from=2023-05-01&to=2023-05-31",
    "/users/user123/reports/2023-05",
)
MakeHttp = Callable[..., Awaitable[AsyncClient]]


async def ask(http: AsyncClient, path: str, params: dict[str, str]) -> Response:
    """The path has parameters already, and httpx would replace them."""
    return await http.get(f"{path}&{urlencode(params)}" if "?" in path else f"{path}?{urlencode(params)}")


def counted(answer: Any) -> int:
    """How many purchases the answer is about."""
    document = answer.json()
    return int(document["totals"]["count"] if "totals" in document else document["count"])


async def purchase(http: AsyncClient, number: int) -> None:
    answer = await http.post("/transactions", json=body("f", transactionId=f"t{number}", userId="user123"))
    assert answer.status_code == 201


async def test_what_was_just_recorded_here_is_there(make_http: MakeHttp) -> None:
    http = await make_http(own_writes_seconds=10)
    await settled(http)
    for number, path in enumerate(ROUTES, start=1):
        await purchase(http, number)
        answer = await http.get(path)
        assert counted(answer) == number
        assert answer.json()["asOf"] <= utc_text(datetime.now(UTC))


async def test_before_there_are_views_answers_come_from_the_purchases(make_http: MakeHttp) -> None:
    http = await make_http(projector=Projector.OUTSIDE)
    await purchase(http, 1)
    before = utc_text(datetime.now(UTC))
    for path in ROUTES:
        answer = await ask(http, path, {"notBefore": before})
        assert (answer.status_code, counted(answer)) == (200, 1)
        assert answer.json()["asOf"] >= before
    assert await services_behind(http).freshness.current() is None


@pytest.mark.parametrize("path", ROUTES)
async def test_older_data_is_never_passed_off_as_new(http_of_late_views: AsyncClient, path: str) -> None:
    as_of = (await http_of_late_views.get(path)).json()["asOf"]
    wanted = datetime.now(UTC)
    late = await ask(http_of_late_views, path, {"notBefore": utc_text(wanted)})
    assert (late.status_code, late.json()["code"]) == (503, "UNAVAILABLE")
    assert late.headers["retry-after"]
    assert "items" not in late.json()
    assert 0.9 < (datetime.now(UTC) - wanted).total_seconds() < 5
    reached = await ask(http_of_late_views, path, {"notBefore": as_of})
    assert (reached.status_code, reached.json()["asOf"] >= as_of) == (200, True)
    live = await ask(http_of_late_views, path, {"view": "live", "notBefore": utc_text(wanted)})
    assert (live.status_code, live.json()["asOf"] >= utc_text(wanted)) == (200, True)


@pytest_asyncio.fixture(scope="module")
async def http_of_late_views(make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[AsyncClient]:
    """There was a projector, and there is none any more."""
    settings = await make_settings(apart=True)
    async with running(settings) as http:
        await settled(http)
    outside = settings.model_copy(update={"projector": Projector.OUTSIDE, "own_writes_seconds": 0.0})
    async with running(outside) as http:
        yield http


async def test_racing_for_ones_own_write(make_http: MakeHttp) -> None:
    """Whoever demands the moment after a write sees the write, or is told to come again."""
    http = await make_http(own_writes_seconds=0)
    await settled(http)
    answers = 0
    for number in range(1, 16):
        await purchase(http, number)
        params = {"notBefore": utc_text(datetime.now(UTC))}
        answer = await ask(http, ROUTES[number % len(ROUTES)], params)
        assert answer.status_code in (200, 503)
        if answer.status_code == 200:
            answers += 1
            assert counted(answer) == number
            assert answer.json()["asOf"] >= params["notBefore"]
    assert answers > 0


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("text", ["", "now", "2023-05-01", "2023-05-01T00:00:00", "2023-02-30T00:00:00Z"])
async def test_what_is_no_instant(http: AsyncClient, path: str, text: str) -> None:
    answer = await ask(http, path, {"notBefore": text})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/notBefore")


@pytest.mark.parametrize("view", [{}, {"view": "live"}])
async def test_a_moment_may_lie_a_second_ahead_and_no_more(http: AsyncClient, view: dict[str, str]) -> None:
    path = ROUTES[0]
    for moment in (utc_text(datetime.now(UTC) + timedelta(seconds=30)), "9999-12-31T23:59:59-12:00"):
        answer = await ask(http, path, {"notBefore": moment, **view})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/notBefore")
    for moment in ("0001-01-01T00:00:00+14:00", "2023-05-01T00:00:00+09:00"):
        assert (await ask(http, path, {"notBefore": moment, **view})).status_code == 200


async def test_a_live_answer_waits_for_the_moment(http: AsyncClient) -> None:
    moment = utc_text(datetime.now(UTC) + timedelta(seconds=0.5))
    answer = await ask(http, ROUTES[0], {"notBefore": moment, "view": "live"})
    assert (answer.status_code, answer.json()["asOf"] >= moment) == (200, True)


async def test_a_service_takes_no_request_before_there_are_views(make_http: MakeHttp) -> None:
    """What is under way while the first views are made could be left out of them."""
    http = await make_http()
    assert await services_behind(http).freshness.current() is not None
