"""The rivals answer what the service answers, and what three of them write is what the service would have written."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import pytest_asyncio
from httpx import AsyncClient

from app.api.services import Services
from app.domain.kickbacks import KickbackType
from app.domain.ledger import GENESIS_HASH, Account, LedgerEntry, entry_hash
from app.ports.transactions import Guard
from app.settings import Settings
from app.store.ledger_codec import guard_item, ledger_item
from app.store.purchase_codec import purchase_item
from bench.compare.sides import Side
from bench.http_client import Unexpected
from tests.bench.lifespan import client_of
from tests.bodies import body
from tests.http.conftest import running
from tests.http.settled import services_behind, settled
from tests.http.sums import PURCHASES

pytestmark = pytest.mark.dynamodb

RIVALS = [side.value for side in Side if side is not Side.SERVICE]
WHOLE_RIVALS = [rival for rival in RIVALS if rival != Side.FLOOR.value]
TODAY = datetime.now(UTC).date()
# What is not the same twice, or is the asker's own.
VARYING = ("asOf", "createdAt", "transactionId", "userId")
READS = [
    "/users/user1/kickbacks?from=2023-04-01&to=2023-12-31&limit=200",
    "/users/user2/kickbacks?from=2023-05-01&to=2023-05-15&limit=3",
    "/users/nobody/kickbacks?from=2023-04-01&to=2023-12-31&limit=50",
    "/categories/GROCERY/rankings?month=2023-05&limit=10",
    "/categories/DINING/rankings?month=2023-04&limit=2",
    "/categories/UNKNOWN/rankings?month=2023-04&limit=10",
    f"/categories/RECENT/rankings?month={TODAY:%Y-%m}&limit=10",
    "/cards/card1/efficiency?from=2023-01-01&to=2023-12-31",
    "/cards/card2/efficiency?from=2023-04-15&to=2023-06-20",
    "/cards/card3/efficiency?from=2022-08-02&to=2023-08-01",
    "/cards/unknown/efficiency?from=2023-01-01&to=2023-12-31",
    "/users/saver/balances?type=POINT",
    "/users/saver/balances?type=MILE",
    "/users/user0/balances?type=POINT",
    "/users/nobody/balances?type=CASHBACK",
]


def recent(count: int) -> list[dict[str, Any]]:
    """Points in lots that are open and some that are over already, and miles, which are in one lot for ever."""
    return [
        body(
            "saved",
            transactionId=f"saved{number:02d}",
            userId="saver",
            transactionDate=(TODAY - timedelta(days=days)).isoformat(),
            occurredAt=...,
            category="RECENT",
            transactionAmount=1_000 + number,
            kickbackAmount=10 + number,
            kickbackType="MILE" if number % 5 == 4 else "POINT",
        )
        for number, days in zip(range(count), (300, 100, 100, 7, 7, 3, 0, 0, 200), strict=True)
    ]


@pytest_asyncio.fixture(scope="module")
async def sides(make_settings: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Mapping[str, AsyncClient]]:
    """The service and its rivals on the same tables. The rivals start when everything is counted in the views."""
    settings = await make_settings(database_read_seconds=20, request_seconds=60)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(running(settings))
        lines = "\n".join(json.dumps(one) for one in [*PURCHASES, *recent(9)])
        answer = await http.post(
            "/transactions:batch", content=lines.encode(), headers={"content-type": "application/x-ndjson"}
        )
        assert answer.text.count('"status":201') == len(PURCHASES) + 9
        await settled(http)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FACTS_TABLE", settings.facts_table)
            patch.setenv("VIEWS_TABLE", settings.views_table)
            made = {rival: import_module(f"bench.rivals.{rival}").create() for rival in RIVALS}
            clients = {rival: await stack.enter_async_context(client_of(app)) for rival, app in made.items()}
        yield {**clients, "service": http}


def comparable(document: Any) -> Any:
    """Without what varies. Cursors are opaque: only whether there is one is the same."""
    if isinstance(document, list):
        return [comparable(one) for one in document]
    if not isinstance(document, dict):
        return document
    kept = {name: comparable(value) for name, value in document.items() if name not in VARYING}
    return kept | {"nextCursor": kept["nextCursor"] is not None} if "nextCursor" in kept else kept


def ids_of(answer: Any) -> list[str]:
    return [one["transactionId"] for one in answer.json()["items"]]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("rival", RIVALS)
async def test_reads_are_the_same(sides: Mapping[str, AsyncClient], rival: str, path: str) -> None:
    theirs, ours = await sides[rival].get(path), await sides["service"].get(path)

    assert (theirs.status_code, theirs.headers["content-type"]) == (200, "application/json")
    assert comparable(theirs.json()) == comparable(ours.json())
    if "/kickbacks" in path:
        assert ids_of(theirs) == ids_of(ours)
    if "asOf" in ours.json():
        assert datetime.fromisoformat(theirs.json()["asOf"]) <= datetime.fromisoformat(ours.json()["asOf"])


@pytest.mark.parametrize("rival", WHOLE_RIVALS)
async def test_a_walk_shows_everything_once(sides: Mapping[str, AsyncClient], rival: str) -> None:
    path = "/users/user3/kickbacks?from=2023-04-01&to=2023-12-31"
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await sides[rival].get(path, params={"limit": "7", **cursor, "from": "2023-04-01", "to": "2023-12-31"})
        seen += ids_of(page)
        if page.json()["nextCursor"] is None:
            break
        cursor = {"cursor": page.json()["nextCursor"]}

    assert len(seen) > 20
    assert seen == ids_of(await sides["service"].get(f"{path}&limit=200"))


def purchase_body(unique: str, number: int, **changes: Any) -> dict[str, Any]:
    own: dict[str, Any] = {
        "transactionId": f"{unique}-{number}",
        "userId": unique,
        "transactionDate": TODAY.isoformat(),
        "occurredAt": ...,
        "kickbackAmount": 40 + number,
        "kickbackRate": "0.01",
    }
    return body(unique, **{**own, **changes})


@pytest.mark.parametrize("kind", ["POINT", "MILE"])
@pytest.mark.parametrize("rival", RIVALS)
async def test_posts_are_answered_the_same(
    sides: Mapping[str, AsyncClient], rival: str, kind: str, unique: str
) -> None:
    for number in range(3):
        theirs = await sides[rival].post("/transactions", json=purchase_body(unique, number, kickbackType=kind))
        ours = await sides["service"].post("/transactions", json=purchase_body(f"{unique}o", number, kickbackType=kind))

        assert theirs.status_code == ours.status_code == 201, theirs.text
        assert comparable(theirs.json()) == comparable(ours.json())
        assert theirs.json()["ledger"]["version"] == number + 1
        # The service reads what the rival has written as if it were its own.
        found = await sides["service"].get(f"/transactions/{unique}-{number}")
        assert found.json() == theirs.json()
    history = f"/users/{unique}/kickbacks?from={TODAY}&to={TODAY}&limit=50"
    assert len((await sides[rival].get(history)).json()["items"]) == 3
    balances = f"/users/{unique}/balances?type={kind}"
    ours, theirs = await sides["service"].get(balances), await sides[rival].get(balances)
    assert comparable(ours.json()) == comparable(theirs.json())
    assert ours.json()[0]["balance"] == 40 + 41 + 42


@pytest.mark.parametrize("rival", WHOLE_RIVALS)
async def test_what_they_write_is_what_the_service_would_write(
    sides: Mapping[str, AsyncClient], rival: str, unique: str, admin: Any
) -> None:
    services = services_behind(sides["service"])
    previous = GENESIS_HASH
    for number in range(2):  # the first opens a lot and is due some day, the second joins it
        await sides[rival].post("/transactions", json=purchase_body(unique, number, occurredAt=instant()))

        guard, head = await written(services, f"{unique}-{number}", unique)
        stored = await raw_items(services, admin, guard, head)
        purchase = await services.transactions.purchase(guard)
        assert purchase is not None
        assert stored["guard"] == guard_item(guard)
        assert stored["purchase"] == purchase_item(purchase, category_shards=16, card_shards=4)
        assert stored["entry"] == ledger_item(head, due_shards=16)
        assert ("dueSK" in stored["entry"]) is (number == 0)
        assert (head.hash, head.previous_hash) == (entry_hash(head), previous)
        previous = head.hash


async def test_the_floor_writes_a_purchase_field_by_field_and_an_entry_that_can_be_read(
    sides: Mapping[str, AsyncClient], unique: str, admin: Any
) -> None:
    for number in range(2):
        await sides["floor"].post("/transactions", json=purchase_body(unique, number, occurredAt=instant()))

    services = services_behind(sides["service"])
    guard, head = await written(services, f"{unique}-1", unique)
    stored = await raw_items(services, admin, guard, head)
    purchase = await services.transactions.purchase(guard)
    assert purchase is not None
    assert stored["guard"] == guard_item(guard)
    assert stored["purchase"] == purchase_item(purchase, category_shards=16, card_shards=4)
    # Its keys and what it says of the account are right, its hash is not: see the module.
    assert stored["entry"] == ledger_item(head, due_shards=16)
    assert (head.version, head.amount, head.balance, head.hash) == (2, 41, 81, "0" * 64)


@pytest.mark.parametrize("rival", RIVALS)
async def test_nothing_is_written_twice(sides: Mapping[str, AsyncClient], rival: str, unique: str) -> None:
    sent = purchase_body(unique, 1)
    assert (await sides[rival].post("/transactions", json=sent)).status_code == 201

    if rival == Side.FLOOR.value:
        with pytest.raises(Unexpected, match="TransactionCanceled"):
            await sides[rival].post("/transactions", json=sent)
    else:
        assert (await sides[rival].post("/transactions", json=sent)).status_code == 409

    answer = await sides["service"].get(f"/users/{unique}/balances?type=POINT")
    assert answer.json()[0]["version"] == 1


async def test_two_at_once_do_not_both_become_the_next_entry(sides: Mapping[str, AsyncClient], unique: str) -> None:
    bodies = [purchase_body(unique, number) for number in range(4)]
    answers = await asyncio.gather(*(sides["aiodynamo"].post("/transactions", json=one) for one in bodies))

    created = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    balance = (await sides["service"].get(f"/users/{unique}/balances?type=POINT")).json()[0]
    assert balance["version"] == len(created)
    assert balance["balance"] == sum(answer.json()["kickbackAmount"] for answer in created)


def instant() -> str:
    return f"{TODAY}T00:00:00+09:00"


async def written(services: Services, transaction_id: str, user_id: str) -> tuple[Guard, LedgerEntry]:
    guard = await services.transactions.guard(transaction_id)
    head = await services.ledger.head(Account(user_id, KickbackType.POINT))
    assert guard is not None
    assert head is not None
    return guard, head


async def raw_items(services: Services, admin: Any, guard: Guard, head: LedgerEntry) -> dict[str, Any]:
    keys = {
        "guard": (f"TXN#{guard.transaction_id}", "TXN"),
        "purchase": (f"USER#{guard.user_id}", f"TRANSACTION#{guard.transaction_date}#{guard.transaction_id}"),
        "entry": (f"USER#{guard.user_id}", f"LEDGER#POINT#{head.version:010d}"),
    }
    found = {}
    for name, (pk, sk) in keys.items():
        place = {"PK": {"S": pk}, "SK": {"S": sk}}
        table: Any = services.transactions
        found[name] = (await admin.get_item(TableName=table.database.table, Key=place))["Item"]
    return found
