"""Values are planted in every place of every route, in good requests and bad ones, with the database there and away.
Then everything that the service wrote is searched for them: tables, logs, metrics, answers. And after an erasure nobody
can read anything of the user, while every sum is what it was."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.settings import Settings
from tests.e2e.canary_requests import Bad, bad_requests, plain_requests
from tests.e2e.canary_service import SECRETS, Canary, canary
from tests.e2e.planted import (
    BIRTHDAY,
    EMAIL,
    ISSUER,
    MEMO,
    NAME,
    NUMBER,
    PERSONAL,
    SUBJECT,
    WRITTEN,
    Planted,
    bytes_of,
)
from tests.e2e.vault_dump import Thief, dump
from tests.http.points import day

pytestmark = pytest.mark.dynamodb

ERASURE = {"erasureId": "e1", "reason": "The user asked for it"}
PROFILE = {"name": NAME, "email": EMAIL, "birthday": BIRTHDAY}
_MOMENT = re.compile(r'"(asOf|at)":"[^"]*"')
MONTH = day(1)[:7]
SUMS = (
    f"/categories/GROCERY/rankings?month={MONTH}",
    f"/categories/GROCERY/rankings?month={MONTH}&by=user",
    f"/categories/GROCERY/rankings?month={MONTH}&by=merchant&view=live",
    f"/categories/GROCERY/rankings?year={MONTH[:4]}&by=card",
    f"/rankings/categories?month={MONTH}",
    f"/rankings/cards?from={MONTH}-01&to={day(0)}",
    "/journal/trial-balance",
    "/users/hanako/kickbacks",
    "/users/hanako/ledger",
    "/users/hanako/lots",
    "/users/hanako/balances",
    f"/users/hanako/reports/{MONTH}",
)


@pytest_asyncio.fixture
async def running(
    dynamodb_url: str, make_settings: Callable[..., Awaitable[Settings]], tmp_path: Path
) -> AsyncIterator[tuple[Canary, Settings]]:
    settings = await make_settings()
    async with canary(dynamodb_url, settings, tmp_path) as one:
        yield one, settings


async def test_nothing_that_was_planted_comes_to_light(
    running: tuple[Canary, Settings], admin: Any, tmp_path: Path
) -> None:
    one, settings = running
    document = (await one.ask("GET", "/openapi.json")).json()
    card_id = (await _use_it_well(one)).card_id
    for bad in bad_requests(document):
        await _send(one, bad)
    await _break_the_protocol(one)
    one.take_the_database_away()
    away = [await _send(one, plain) for plain in plain_requests(document)]
    away += [
        (await one.ask("PUT", "/users/hanako/profile", PROFILE)).status_code,
        (await one.ask("POST", "/cards", {"userId": "hanako", "cardNumber": NUMBER})).status_code,
        (await one.ask("POST", "/identities", {"issuer": ISSUER, "subject": SUBJECT})).status_code,
        (await one.ask("POST", f"/cards/{card_id}/detokenizations", {"reason": "Chargeback 17"})).status_code,
    ]
    assert away[-4:] == [503] * 4
    assert away.count(503) > 30
    one.between.reset()
    metrics = (await one.ask("GET", "/metrics")).content
    await one.service.stop()

    assert settings.vault_key_file is not None
    keys = [entry["key"] for entry in json.loads(settings.vault_key_file.read_text("utf-8"))["keys"]]
    signing = "".join((tmp_path / "token-key.pem").read_text("utf-8").splitlines()[1:-1])
    secrets = [
        *(value.rpartition("x-collector-key=")[2] for value in SECRETS.values()),
        *keys,
        signing[40:],
        one.program,
        one.user,
        *(t.split(".")[2] for t in (one.program, one.user)),
    ]
    planted = Planted([*PERSONAL, *WRITTEN, *secrets])
    log = one.log.read_bytes()
    assert log.count(b'"event":"request"') >= one.asked, "everything was logged"
    assert b"/cards/{cardId}/detokenizations" in metrics
    memo = Planted([MEMO, "スーパーマーケットA"])
    told = _told(one)
    assert [found.found_in(text) for found in (planted, memo) for text in (log, metrics, told)] == [[]] * 6
    tables = settings.facts_table, settings.views_table, settings.vault_table
    inside = Planted([*tables, "Traceback (most recent call last)", str(tmp_path)])
    assert [shown for shown in one.heard if planted.found_in(shown) or inside.found_in(shown)] == []
    for table in tables:
        items = await dump(admin, table)
        assert len(items) > 10
        assert [found for item in items if (found := planted.found_in(bytes_of(item)))] == [], table


async def test_an_erased_user_cannot_be_read_and_every_sum_stays(running: tuple[Canary, Settings], admin: Any) -> None:
    one, settings = running
    used = await _use_it_well(one)
    await one.ask("PUT", "/users/taro/profile", {"email": EMAIL})
    before = [_without_moment(await one.ask("GET", path)) for path in SUMS]
    stolen = await dump(admin, settings.vault_table)
    assert settings.vault_key_file is not None
    thief = Thief(settings.vault_key_file)
    readable = await thief.read(stolen, stolen)
    assert {NAME, EMAIL, BIRTHDAY, NUMBER} < set(readable), "before, the keys read everything"

    stands = []
    for user in sorted(("hanako", used.user_id)):
        erased = await one.ask("POST", f"/users/{user}/erasure", ERASURE)
        assert erased.status_code == 200
        stands.append({"PK": f"USER#{user}", "SK": "KEY", "erasureId": "e1", "erasedAt": erased.json()["erasedAt"]})

    assert [_without_moment(await one.ask("GET", path)) for path in SUMS] == before
    left = await dump(admin, settings.vault_table)
    about = [row for row in left if "hanako" in repr(row) or used.user_id in repr(row)]
    assert sorted(about, key=lambda row: str(row["PK"])) == stands
    assert await thief.read([*stolen, *left], left) == [EMAIL] * 2, "taro's, from both dumps"
    statuses = [
        (await one.ask(method, path, body)).status_code
        for method, path, body in (
            ("GET", "/users/hanako/profile", None),
            ("GET", f"/users/{used.user_id}/identity", None),
            ("GET", f"/cards/{used.card_id}", None),
            ("POST", f"/cards/{used.card_id}/detokenizations", {"reason": "Chargeback 17"}),
            ("PUT", "/users/hanako/profile", PROFILE),
            ("POST", "/cards", {"userId": "hanako", "cardNumber": NUMBER}),
            ("POST", "/users/hanako/erasure", ERASURE),
        )
    ]
    assert statuses == [404, 404, 404, 404, 409, 409, 200]


@dataclass(frozen=True, slots=True)
class Used:
    """hanako's card, and the user id of somebody with an identity."""

    card_id: str
    user_id: str


async def _use_it_well(one: Canary) -> Used:
    """Everything that may hold something personal, as it is meant to be."""
    assert (await one.told("PUT", "/users/hanako/profile", PROFILE, token=one.user)).json()["name"] == NAME
    assert (await one.told("GET", "/users/hanako/profile", token=one.user)).json()["email"] == EMAIL
    added = await one.ask("POST", "/identities", {"issuer": ISSUER, "subject": SUBJECT})
    known = (await one.told("GET", f"/users/{added.json()['userId']}/identity")).json()
    assert known == {"issuer": ISSUER, "subject": SUBJECT}
    assert "hanako" in (await one.ask("POST", "/identities/searches", {"email": EMAIL.upper()})).text
    card_ids = {
        (await one.ask("POST", "/cards", {"userId": "hanako", "cardNumber": number}, token=one.user)).json()["cardId"]
        for number in WRITTEN
    }
    (card_id,) = card_ids
    assert (await one.ask("GET", f"/cards/{card_id}")).json()["lastFour"] == NUMBER[-4:]
    number = await one.told("POST", f"/cards/{card_id}/detokenizations", {"reason": "Chargeback 17"})
    assert number.json() == {"cardId": card_id, "cardNumber": NUMBER}
    for count, user in enumerate(("hanako", "taro")):
        for ago in (1, 2, 40):
            sent = {
                "transactionId": f"{user}-{ago}",
                "userId": user,
                "transactionDate": day(ago),
                "cardId": card_id if user == "hanako" else "card-of-taro",
                "merchantName": "スーパーマーケットA",
                "description": MEMO,
                "category": "GROCERY",
                "transactionAmount": 5000 + 100 * count,
                "kickbackAmount": 50 + count,
                "kickbackType": "POINT",
            }
            assert (await one.ask("POST", "/transactions", sent)).status_code == 201
    return Used(card_id, added.json()["userId"])


async def _send(one: Canary, bad: Bad) -> int:
    answer = await one.ask(bad.method, bad.path, content=bad.content, headers=bad.headers)
    assert answer.status_code >= 400 or not bad.refused, bad
    return answer.status_code


async def _break_the_protocol(one: Canary) -> None:
    """What is no HTTP is answered, or cut off, before a route is found; bad tokens, and good ones in wrong places."""
    for request in (
        f"GET /users/{EMAIL} HTTP/9.9\r\n\r\n",
        f"{NUMBER} /cards HTTP/1.1\r\n\r\n",
        f"GET / HTTP/1.1\r\nx {SUBJECT}: {EMAIL}\r\n\r\n",
        f"POST /cards HTTP/1.1\r\nhost: x\r\ncontent-length: {NUMBER}x\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", one.service.port)
        writer.write(request.encode())
        one.heard.append(await asyncio.wait_for(reader.read(), 20))
        writer.close()
    for token in (one.program[:-2], f"{one.user}x", NUMBER, EMAIL):
        for path in ("/me", "/users/hanako/profile", f"/unknown/{EMAIL}"):
            assert (await one.ask("GET", path, token=token)).status_code == 401
    for path in (f"/me?access_token={one.user}", f"/unknown/{one.user}", f"/cards/{one.user}"):
        assert (await one.ask("GET", path)).status_code in (404, 414, 422)


def _told(one: Canary) -> bytes:
    """Everything that came to the collector; the ids of traces as text, too."""
    spans = one.telemetry.spans()
    names = {span.name for span in spans}
    assert len(names) > 45, "every route and every call is traced"
    assert {"POST /transactions", "TransactWriteItems facts", "projector batch"} < names
    assert sum(span.kind == span.SPAN_KIND_SERVER for span in spans) >= one.asked // 2
    assert "kickbacks_requests_total" in one.telemetry.metrics()
    ids = [number for span in spans for number in (span.trace_id, span.span_id, span.parent_span_id)]
    return one.telemetry.everything() + b"\n" + b"\n".join(number.hex().encode() for number in ids)


def _without_moment(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return _MOMENT.sub("", answer.text)
