"""Shard counts from the settings, for all keys and for single ones: raised by a new start, nothing is lost."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from app.settings import Settings
from tests.bodies import body
from tests.http.conftest import running

COUNT = 40


async def test_a_key_with_more_shards_of_its_own(
    make_settings: Callable[..., Awaitable[Settings]], admin: Any, unique: str
) -> None:
    few = await make_settings(projector="outside", category_shards=1, card_shards=1)
    more = few.model_copy(update={"category_shards_of": {"GROCERY": 8}, "card_shards_of": {"card456": 4}})
    sent = [f"{unique}-{number}" for number in range(2 * COUNT)]
    for settings, part in ((few, sent[:COUNT]), (more, sent[COUNT:])):
        async with running(settings) as http:
            lines = [json.dumps(body(one)) for one in part]
            answer = await http.post(
                "/transactions:batch", content="\n".join(lines), headers={"content-type": "application/x-ndjson"}
            )
            assert answer.text.count('"status":201') == COUNT
    async with running(more) as http:
        await http.post("/transactions", json=body(f"{unique}-dinner", category="DINING", cardId="other"))
        for path in ("/categories/GROCERY/transactions", "/cards/card456/transactions"):
            items = (await http.get(path, params={"limit": 200})).json()["items"]
            assert sorted(one["transactionId"] for one in items) == sorted(f"txn-{one}" for one in sent)
        ranking = (await http.get("/categories/GROCERY/rankings?month=2023-05&view=live")).json()
        assert ranking["totals"]["count"] == 2 * COUNT
        efficiency = (await http.get("/cards/card456/efficiency?from=2023-05-01&to=2023-05-31&view=live")).json()
        assert efficiency["count"] == 2 * COUNT
    found = (await admin.scan(TableName=few.facts_table))["Items"]
    for name, prefix, used in (
        ("GSI1PK", "CATEGORY#GROCERY#shard", 8),
        ("GSI2PK", "CARD#card456#shard", 4),
        ("GSI1PK", "CATEGORY#DINING#shard", 1),
        ("GSI2PK", "CARD#other#shard", 1),
    ):
        shards = {item[name]["S"] for item in found if item.get(name, {"S": ""})["S"].startswith(prefix)}
        assert shards == {f"{prefix}{number:02d}" for number in range(used)}
