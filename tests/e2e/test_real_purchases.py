"""A file of real-looking purchases goes through `kickbacks import`, and answers equal sums over the file itself."""

import asyncio
import csv
import os
import random
import shutil
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from tests.e2e.service import Service

FILE = Path(os.environ.get("KICKBACKS_REAL_PURCHASES", "../shared/data/card_transactions.csv"))
MAPPING = Path("docs/examples/card_transactions.toml").resolve()
pytestmark = [
    pytest.mark.dynamodb,
    pytest.mark.long,
    pytest.mark.skipif(not FILE.exists(), reason="the file of card purchases is not on this machine"),
]

Row = dict[str, str]


def amount(row: Row) -> int:
    return int(Decimal(row["amt"]) * 100)


def kickback(row: Row) -> int:
    return amount(row) // 100  # one percent, rounded down


def sums(rows: list[Row]) -> dict[str, int]:
    return {
        "count": len(rows),
        "transactionTotal": sum(map(amount, rows)),
        "kickbackValue": sum(map(kickback, rows)),
    }


def grouped(rows: list[Row], *columns: str) -> list[list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return list(groups.values())


def read(file: Path) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


async def run_import(url: str, file: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "kickbacks"),
        "import",
        str(file),
        f"--url={url}",
        f"--map-file={MAPPING}",
        env={**os.environ, "KICKBACKS_HASH_KEY": "only-for-this-test"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 240)
    assert process.returncode == 0, output.decode()[-2000:]
    return output.decode()


async def walk(http: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await http.get(path, params={**params, **cursor})).raise_for_status().json()
        items += page["items"]
        if page["nextCursor"] is None:
            return items
        cursor = {"cursor": page["nextCursor"]}


async def test_every_answer_is_what_the_file_says(started: tuple[Service, Settings], tmp_path: Path) -> None:
    service, _ = started
    file = Path(shutil.copy(FILE, tmp_path))
    rows = read(file)
    await run_import(service.url, file)
    await run_import(service.url, file)  # again: nothing may change
    async with httpx.AsyncClient(base_url=service.url, timeout=60) as http:
        await views_have_everything(http)
        rng = random.Random(2020)
        await check_histories(http, rng.sample(grouped(rows, "first", "last", "city", "state"), 12))
        await check_cards(http, rng.sample(grouped(rows, "cc_num"), 12))
        await check_rankings(http, rows)


async def views_have_everything(http: httpx.AsyncClient) -> None:
    """The projector is behind an import; how long it takes is not this test's business."""
    path = "/categories/GROCERY_POS/rankings?month=2020-08"
    recorded = (await http.get(f"{path}&view=live")).raise_for_status().json()["asOf"]
    async with asyncio.timeout(240):
        while True:
            answer = await http.get(path)
            if answer.status_code == 200 and answer.json()["asOf"] >= recorded:
                return
            await asyncio.sleep(0.2)


async def check_passbook(http: httpx.AsyncClient, user_id: str, earned: list[Row]) -> None:
    """Every purchase has earned once. Between them are points that were over when a later purchase came."""
    book = await walk(http, f"/users/{user_id}/ledger", type="POINT", limit=50)
    assert [one["version"] for one in book] == list(range(len(book), 0, -1))
    assert {one["kind"] for one in book} <= {"EARN", "EXPIRE"}
    assert sorted(one["amount"] for one in book if one["kind"] == "EARN") == sorted(map(kickback, earned))
    balance = 0
    for one in reversed(book):
        balance += one["amount"]
        assert one["balance"] == balance >= 0


async def check_histories(http: httpx.AsyncClient, people: list[list[Row]]) -> None:
    for rows in people:
        user_id = (await http.get(f"/transactions/{rows[0]['trans_num']}")).json()["userId"]
        history = await walk(http, f"/users/{user_id}/kickbacks", limit=7)
        wanted = sorted(rows, key=lambda row: (row["trans_date_trans_time"][:10], row["trans_num"]), reverse=True)
        assert [one["transactionId"] for one in history] == [row["trans_num"] for row in wanted]
        assert [one["transactionAmount"] for one in history] == [amount(row) for row in wanted]
        assert [one["kickbackAmount"] for one in history] == [kickback(row) for row in wanted]
        balances = [(await http.get(f"/transactions/{row['trans_num']}")).json()["ledger"] for row in rows]
        earned = [row for row in rows if kickback(row)]
        versions = [one["version"] for one in balances if one]
        assert len(versions) == len(set(versions)) == len(earned)
        await check_passbook(http, user_id, earned)
        assert not any(row["first"] in str(history) and row["last"] in str(history) for row in rows)


async def check_cards(http: httpx.AsyncClient, cards: list[list[Row]]) -> None:
    for rows in cards:
        card_id = (await http.get(f"/transactions/{rows[0]['trans_num']}")).json()["cardId"]
        assert rows[0]["cc_num"] not in card_id
        params = {"from": "2020-06-01", "to": "2020-12-31"}
        efficiency = (await http.get(f"/cards/{card_id}/efficiency", params=params)).json()
        assert {name: efficiency[name] for name in sums([])} == sums(rows)
        assert efficiency["realizedRate"] == round(sums(rows)["kickbackValue"] / sums(rows)["transactionTotal"], 6)
        for part in efficiency["byCategory"]:
            own = [row for row in rows if row["category"].upper() == part["category"]]
            assert {name: part[name] for name in sums([])} == sums(own)
        timeline = await walk(http, f"/cards/{card_id}/transactions", limit=5)
        assert sorted(one["transactionId"] for one in timeline) == sorted(row["trans_num"] for row in rows)


async def check_rankings(http: httpx.AsyncClient, rows: list[Row]) -> None:
    month = [row for row in rows if row["trans_date_trans_time"].startswith("2020-08")]
    categories = grouped(month, "category")
    for of_category in categories[:3]:
        name = of_category[0]["category"].upper()
        params = {"month": "2020-08", "by": "merchant", "view": "live"}
        answer = (await http.get(f"/categories/{name}/rankings", params={**params, "limit": 200})).json()
        assert {key: answer["totals"][key] for key in sums([])} == sums(of_category)
        values = [sums(other)["kickbackValue"] for other in categories]
        assert answer["categoryRank"] == 1 + sum(value > sums(of_category)["kickbackValue"] for value in values)
        merchants = {
            group[0]["merchant"].removeprefix("fraud_"): sums(group) for group in grouped(of_category, "merchant")
        }
        shown = await walk(http, f"/categories/{name}/rankings", **params, limit=100)
        assert [one["id"] for one in shown] == sorted(
            merchants, key=lambda merchant: (-merchants[merchant]["kickbackValue"], merchant)
        )
        assert all({key: one[key] for key in sums([])} == merchants[one["id"]] for one in shown)
