"""GET /journal/trial-balance: what the entries add up to, at any instant."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from httpx import AsyncClient

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.domain.periods import utc_text
from app.maintenance.liability import liability_report
from app.settings import Projector, Settings
from tests.domain.passbooks import TOKYO
from tests.domain.trial_sums import added_up
from tests.fakes.scans import FakeFactScan
from tests.http.conftest import running
from tests.http.points import earn, redeem, start
from tests.http.settled import services_behind, settled

PATH = "/journal/trial-balance"
USERS = ("u1", "u2", "u3")


@pytest_asyncio.fixture(scope="module")
async def booked(make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[AsyncClient]:
    """With some history, recorded and counted. For reading only."""
    async with running(await make_settings(apart=True, view_shards=3, mile_validity_days=5)) as http:
        for number, user in enumerate(USERS):
            await earn(http, user, 100 + number, ago=9, transactionId=f"{user}-1")
            await earn(http, user, 30, ago=20, kind="MILE", transactionId=f"{user}-2")
            await earn(http, user, 4, ago=1, kind="MILE", transactionId=f"{user}-5")  # after the others have expired
            await earn(http, user, 7, ago=1, kind="CASHBACK", transactionId=f"{user}-3")
            moment = f"{start(3)[:10]}T10:20:30.00025{number}+09:00"
            await earn(http, user, 5, ago=3, occurredAt=moment, transactionId=f"{user}-4")
            assert (await redeem(http, user, 40)).status_code == 201
        await settled(http)
        yield http


async def entries_of(http: AsyncClient) -> list[LedgerEntry]:
    ledger = services_behind(http).ledger
    return [
        entry
        for user in USERS
        for kind in KickbackType
        for entry in await ledger.oldest_first(Account(user, kind), limit=100, since=1)
    ]


def totals(answer: Any) -> dict[str, tuple[int, int]]:
    return {one["code"]: (one["debitTotal"], one["creditTotal"]) for one in answer["accounts"]}


async def test_it_is_what_the_entries_add_up_to_at_every_instant(booked: AsyncClient) -> None:
    entries = await entries_of(booked)
    assert len(entries) == 3 * 7
    moments = {datetime.fromisoformat(entry.effective_at) for entry in entries}
    for moment in sorted({one + timedelta(microseconds=by) for one in moments for by in (-1, 0)}):
        answer = (await booked.get(PATH, params={"at": utc_text(moment)})).json()
        assert totals(answer) == added_up(entries, utc_text(moment))
        assert answer["balanced"] is True
        assert answer["at"] == utc_text(moment)


async def test_accounts_by_code_with_net_balances(booked: AsyncClient) -> None:
    answer = (await booked.get(PATH)).json()
    assert [(one["code"], one["type"], one["debit"], one["credit"]) for one in answer["accounts"]] == [
        ("2110", "POINT", 0, 303 + 15 - 120),
        ("2120", "MILE", 0, 12),
        ("2130", "CASHBACK", 0, 21),
        ("2210", "POINT", 0, 120),
        ("4120", "MILE", 0, 90),
        ("5110", "POINT", 318, 0),
        ("5120", "MILE", 102, 0),
        ("5130", "CASHBACK", 21, 0),
    ]
    assert (answer["accounts"][1]["debitTotal"], answer["accounts"][1]["creditTotal"]) == (90, 102)
    assert answer["accounts"][0]["name"] == "Points owed to customers"
    assert answer["asOf"] <= utc_text(datetime.now(UTC))


async def test_the_liability_report_has_the_same_totals(booked: AsyncClient) -> None:
    entries = await entries_of(booked)
    for at in (utc_text(datetime.now(UTC)), utc_text(datetime.fromisoformat(start(2)))):
        answer = (await booked.get(PATH, params={"at": at})).json()
        report = await liability_report(FakeFactScan(others=list(entries)), at, TOKYO)
        nets = {one["code"]: one["credit"] - one["debit"] for one in answer["accounts"]}
        for code, kind in (("2110", "POINT"), ("2120", "MILE"), ("2130", "CASHBACK")):
            assert report.types[KickbackType(kind)].total == nets.get(code, 0)


async def test_offsets_are_instants(booked: AsyncClient) -> None:
    local = start(3)
    answers = [
        (await booked.get(PATH, params={"at": at})).json()
        for at in (local, utc_text(datetime.fromisoformat(local)), f"{local[:19]}.000000+09:00")
    ]
    assert answers[0]["accounts"] == answers[1]["accounts"] == answers[2]["accounts"] != []


async def test_before_everything_and_far_away(booked: AsyncClient) -> None:
    before = (await booked.get(PATH, params={"at": "1970-01-01T00:00:00Z"})).json()
    assert (before["accounts"], before["balanced"]) == ([], True)
    now, later = [(await booked.get(PATH, params=one)).json() for one in ({}, {"at": "9998-12-31T23:59:59Z"})]
    assert later["accounts"] == now["accounts"]


@pytest.mark.parametrize(
    "params",
    [
        {"at": "2023-05-01"},
        {"at": "now"},
        {"at": ""},
        {"at": "9999-12-31T23:59:59-12:00"},
        {"view": "live"},
        {"x": "1"},
    ],
)
async def test_what_it_does_not_take(booked: AsyncClient, params: dict[str, str]) -> None:
    answer = await booked.get(PATH, params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")


async def test_it_waits_for_what_was_just_recorded(make_settings: Callable[..., Awaitable[Settings]]) -> None:
    async with running(await make_settings(apart=True)) as http:
        await settled(http)
        await earn(http, "u", 11)
        fresh = await settled(http)
        params = {"notBefore": utc_text(fresh.as_of)}
        assert totals((await http.get(PATH, params=params)).json()) == {"2110": (0, 11), "5110": (11, 0)}
        far = await http.get(PATH, params={"notBefore": utc_text(datetime.now(UTC) + timedelta(seconds=30))})
        assert (far.status_code, far.json()["errors"][0]["pointer"]) == (422, "/query/notBefore")


async def test_without_views_it_says_so_and_when_to_ask_again(
    make_settings: Callable[..., Awaitable[Settings]],
) -> None:
    async with running(await make_settings(projector=Projector.OUTSIDE)) as http:
        answer = await http.get(PATH)
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert answer.headers["Retry-After"] == "1"
