"""Two versions of the service at once, as a rolling update has them: what the newer one adds to any stored item changes
nothing for the older one, which reads it, answers as before, goes on writing, and takes nothing away from facts."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient, Response

from app.bootstrap.maintenance import open_maintenance
from app.maintenance.verifying.run import verify
from app.settings import Projector, Settings
from tests.http.budget_data import new_purchase, purchases
from tests.http.budget_requests import Request
from tests.http.budgets import BUDGETS
from tests.http.conftest import running
from tests.http.settled import settled

ADDED: dict[str, Any] = {
    "laterText": {"S": "a later version's"},
    "laterNumber": {"N": "99999999999999999999.5"},
    "laterBytes": {"B": b"\x00\xff"},
    "laterNothing": {"NULL": True},
    "laterTruth": {"BOOL": True},
    "laterSet": {"SS": ["a", "b"]},
    "laterMap": {"M": {"list": {"L": [{"N": "1"}, {"M": {"SK": {"S": "x"}}}]}}},
}
_PASSING = re.compile(rb'"(asOf|at|nextCursor)":"[^"]*"')
ERASED = {"vault-erased"}
"""Those for whom nothing can be stored any more."""
_OPERATING = ("/health", "/metrics", "/audit")
_LINES = {"content-type": "application/x-ndjson"}


@pytest.mark.long
async def test_what_a_later_version_adds_changes_nothing(
    make_settings: Callable[..., Awaitable[Settings]], admin: Any
) -> None:
    settings = await make_settings(projector=Projector.INSIDE, database_read_seconds=10)
    async with running(settings) as http:
        writes, reads = await _everything_asked_once(http)
        await settled(http)
        read = [await _answer(http, one) for one in reads]
        assert {status for status, _ in read} == {200}

    for table in (settings.views_table, settings.vault_table):
        await _add_to_everything(admin, table)
    async with running(settings) as http:
        for one, expected in zip(reads, read, strict=True):
            assert await _answer(http, one) == expected, one
        for number, writer in enumerate(("earning", "redeeming", "cancelling"), start=100):
            assert (await http.post("/transactions", json=new_purchase(writer, number))).status_code == 201
        await settled(http)
        read = [await _answer(http, one) for one in reads]
    await _assert_nothing_differs(settings)

    facts = await _add_to_everything(admin, settings.facts_table)
    assert {item["PK"]["S"].partition("#")[0] for item in facts} >= {"USER", "TXN", "BENEFIT", "AUDIT"}
    # A projector that sees facts change says so, as it should.
    async with running(settings.model_copy(update={"projector": Projector.OUTSIDE})) as http:
        for one, expected in zip(reads, read, strict=True):
            assert await _answer(http, one) == expected, one
        for one, first in writes:
            again = await _ask(http, one)
            gone = one.body is not None and one.body.get("userId") in ERASED
            assert (again.status_code, again.content) == (200, first.content) or (gone and again.status_code == 409), (
                one
            )
        for number, writer in enumerate(("earning", "redeeming", "cancelling"), start=200):
            assert (await http.post("/transactions", json=new_purchase(writer, number))).status_code == 201
    after = {_key(item): item for item in await _items(admin, settings.facts_table)}
    for item in facts:
        # That a category has purchases in a month is noted anew by each process: it says no more than its key.
        if not item["PK"]["S"].startswith("CATEGORIES#"):
            assert {**after[_key(item)], **ADDED} == after[_key(item)]


async def _assert_nothing_differs(settings: Settings) -> None:
    async with open_maintenance(settings.model_copy(update={"request_seconds": 1.0})) as maintenance:
        report = await verify(maintenance.verifying)
    # It compares rows of views whole: what it finds is what was added, and nothing else.
    assert [one for one in report.differences if not one.key.rpartition(" ")[2].startswith("later")] == []
    assert report.unchecked == []


async def _everything_asked_once(http: AsyncClient) -> tuple[list[tuple[Request, Response]], list[Request]]:
    """What made something, with the first answers, and what is read."""
    lines = "".join(json.dumps(one) + "\n" for one in purchases())
    for _ in range(5):  # the database of a busy machine may be late
        answer = await http.post("/transactions:batch", content=lines, headers=_LINES)
        if '"status":503' not in answer.text:
            break
    assert len(re.findall('"status":20[01]', answer.text)) == len(purchases())
    writes, reads = [], []
    for budget in BUDGETS:
        known: dict[str, Any] = {}
        for given in budget.given:
            answer = await _ask(http, given)
            known |= answer.json()
            if answer.status_code == 201:
                writes.append((given, answer))
        one = replace(budget.request, path=budget.request.path.format(**known))
        if one.method == "GET" and not one.path.startswith(_OPERATING):
            reads.append(one)
        elif not one.lines and (answer := await _ask(http, one)).status_code == 201:
            writes.append((one, answer))
    return writes, reads


async def _ask(http: AsyncClient, one: Request) -> Response:
    return await http.request(one.method, one.path, params=one.params, json=one.body)


async def _answer(http: AsyncClient, one: Request) -> tuple[int, bytes]:
    """Without the moment of asking."""
    answer = await _ask(http, one)
    return answer.status_code, _PASSING.sub(b"", answer.content)


async def _items(admin: Any, table: str) -> list[dict[str, Any]]:
    found = []
    async for page in admin.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        found += page["Items"]
    return found


async def _add_to_everything(admin: Any, table: str) -> list[dict[str, Any]]:
    """The items as there were."""
    items = await _items(admin, table)
    assert items
    for item in items:
        await admin.put_item(TableName=table, Item={**item, **ADDED})
    return items


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return item["PK"]["S"], item["SK"]["S"]
