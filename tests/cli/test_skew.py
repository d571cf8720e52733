"""`kickbacks skew` on a real DynamoDB Local, with views made from the purchases."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from app.bootstrap.projector import projection_of
from app.bootstrap.skew import open_skew
from app.domain.kickbacks import KickbackType
from app.domain.periods import parse_month
from app.domain.purchases import Purchase
from app.domain.view_rows import ViewRow
from app.maintenance.skew import Assumptions
from app.maintenance.skew_report import NoViews, skew_report
from app.ports.views import Generation, ViewId
from app.projections.folding import rows_of
from app.retrying import Backoff
from app.settings import Settings
from app.store.database import Database
from app.store.sharding import ShardCounts, shard_of
from app.store.transactions import DynamoTransactions
from app.store.view_writes import DynamoViewWriter
from tests import audit_rows
from tests.cli.test_main import start
from tests.conftest import sdk_environment
from tests.fakes.documents import figures_of
from tests.purchases import new_transaction, purchase

NUMBER = 1


def bought() -> list[Purchase]:
    """60 groceries and 20 dinners in May, one of June; card7 has half of them."""
    rng = random.Random(3)
    in_may = [
        purchase(
            transaction_id=f"t{number:03d}",
            transaction_date=date(2023, 5, rng.randint(1, 31)),
            category="DINING" if number % 4 == 0 else "GROCERY",
            card_id=f"card{7 if number % 2 else number % 6}",
            kickback_amount=0,
        )
        for number in range(80)
    ]
    return [*in_may, purchase(transaction_id="june", transaction_date=date(2023, 6, 1), kickback_amount=0)]


async def fill(client: Any, settings: Settings, purchases: list[Purchase]) -> None:
    """Records them under the smallest counts, and makes their views."""
    facts = DynamoTransactions(Database(client, settings.facts_table), ShardCounts(2), ShardCounts(1), 1)
    for start_at in range(0, len(purchases), 33):
        group = [new_transaction(one) for one in purchases[start_at : start_at + 33]]
        await facts.append(group, audit=audit_rows.row(), token=f"{settings.facts_table[:20]}-{start_at}")
    rows: dict[ViewId, ViewRow] = {}
    for one in purchases:
        for view_id, counted in rows_of(figures_of(one), 4):
            rows.setdefault(view_id, ViewRow()).add(figures_of(one), counted)
    views = Database(client, settings.views_table, replaceable=True)
    generation = Generation(NUMBER, 4, dict.fromkeys(KickbackType, 1000000), "2023-01-01T00:00:00.000000Z")
    writer = DynamoViewWriter(views, 1, asyncio.Semaphore(8), Backoff(3, random.random), lambda: "unused")
    await writer.fill(generation, rows)
    assert await projection_of(settings, client).promote(generation, instead_of=None)


@pytest.fixture
async def filled(client: Any, make_settings: Callable[..., Awaitable[Settings]]) -> Settings:
    settings = await make_settings(stream=False, category_shards=2, category_shards_of={"GROCERY": 8}, card_shards=1)
    await fill(client, settings, bought())
    return settings


def environment(settings: Settings, url: str) -> dict[str, str]:
    return {
        **sdk_environment(url),
        "ENVIRONMENT": "local",
        "FACTS_TABLE": settings.facts_table,
        "VIEWS_TABLE": settings.views_table,
        "CATEGORY_SHARDS": "2",
        "CATEGORY_SHARDS_OF": '{"GROCERY": 8}',
        "CARD_SHARDS": "1",
    }


async def test_the_report_counts_the_month_by_key(filled: Settings) -> None:
    async with open_skew(filled) as source:
        report = await skew_report(parse_month("2023-05"), Assumptions(), top=3, exact=True, source=source)
    assert (report.month, report.seconds) == ("2023-05", 31 * 86_400)
    shown = [(row.skew.load.timeline.key, row.skew.load.purchases, row.skew.load.shards) for row in report.rows]
    assert shown == [("GROCERY", 60, 8), ("DINING", 20, 2), ("card7", 40, 1), ("card0", 14, 1), ("card2", 13, 1)]
    assert [row.skew.share for row in report.rows[:3]] == [0.75, 0.25, 0.5]
    in_may = bought()[:-1]
    for row in report.rows[:2]:
        category = row.skew.load.timeline.key
        written = [shard_of(one.transaction_id, 2) for one in in_may if one.category == category]
        beyond = [0] * (row.skew.load.shards - 2)
        assert row.sizes == [written.count(0), written.count(1), *beyond]
    assert report.rows[2].sizes == [40]


async def test_nothing_is_counted_out_unless_asked_for(filled: Settings) -> None:
    async with open_skew(filled) as source:
        report = await skew_report(parse_month("2023-06"), Assumptions(), top=20, exact=False, source=source)
    assert [(row.skew.load.timeline.key, row.skew.load.purchases, row.sizes) for row in report.rows] == [
        ("GROCERY", 1, None),
        ("card456", 1, None),
    ]


async def test_without_views_there_is_no_report(make_settings: Callable[..., Awaitable[Settings]]) -> None:
    async with open_skew(await make_settings()) as source:
        with pytest.raises(NoViews):
            await skew_report(parse_month("2023-05"), Assumptions(), top=1, exact=False, source=source)


async def test_the_program_prints_a_table_and_json(filled: Settings, dynamodb_url: str) -> None:
    set_to = environment(filled, dynamodb_url)
    # 20 purchases in 31 days, as if all of a year's came in 31 seconds.
    strained = ["--peak-factor", "100000000", "--purchase-units", "1"]
    table = await asyncio.to_thread(start, "skew", "--month", "2023-05", *strained, **set_to)
    assert table.returncode == 0, table.stderr
    lines = {" ".join(line.split()[:2]): line.split() for line in table.stdout.splitlines() if line.strip()}
    assert lines["category GROCERY"][2:] == ["60", "75.0%", "8", "280.02", "fine"]
    assert lines["category DINING"][2:] == ["20", "25.0%", "2", "373.36", "fine"]
    assert lines["card card7"][2:] == ["40", "50.0%", "1", "1493.43", "raise", "to", "4"]
    printed = await asyncio.to_thread(start, "skew", "--month", "2023-05", "--json", "--exact", "--top", "1", **set_to)
    assert printed.returncode == 0, printed.stderr
    document = json.loads(printed.stdout)
    assert document["assumptions"] == {"peakFactor": 10, "purchaseUnits": 3, "partitionUnits": 1000}
    category, card = document["keys"]
    assert (category["subject"], category["key"], category["purchases"]) == ("CATEGORY", "GROCERY", 60)
    assert (sum(category["shardSizes"]), len(category["shardSizes"]), category["raiseTo"]) == (60, 8, None)
    assert category["spread"] == max(category["shardSizes"]) * 8 / 60
    assert (card["subject"], card["shardSizes"], card["spread"], card["advice"]) == ("CARD", [40], 1, "fine")


async def test_the_program_says_what_is_missing(
    make_settings: Callable[..., Awaitable[Settings]], dynamodb_url: str
) -> None:
    set_to = environment(await make_settings(), dynamodb_url)
    empty = await asyncio.to_thread(start, "skew", **set_to)
    assert empty.returncode == 1
    assert "There are no views yet" in empty.stderr
    gone = await asyncio.to_thread(start, "skew", **{**set_to, "VIEWS_TABLE": "NotThere"})
    assert gone.returncode == 1
    assert "cannot be read" in gone.stderr
    assert "Traceback" not in gone.stderr
    wrong = await asyncio.to_thread(start, "skew", "--month", "2023-13", **set_to)
    assert wrong.returncode == 2
    assert "must be a month, YYYY-MM" in wrong.stderr
