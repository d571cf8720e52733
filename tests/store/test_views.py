"""What DynamoViews asks for, and what it makes of answers that DynamoDB Local gives too seldom."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from app.domain.edges import cover_of
from app.domain.kickbacks import KickbackType
from app.domain.rankings import RankedBy
from app.domain.totals import Totals
from app.domain.view_rows import ViewRow
from app.ports.errors import StoreUnavailable
from app.ports.views import CategoryTotal, Generation, Leaderboard, LeaderboardRow, Place, UserTotal, ViewId
from app.store.database import Database
from app.store.view_codec import view_item
from app.store.views import DynamoViews
from app.store.wire import BODY, Item

GENERATION = Generation(5, 4, dict.fromkeys(KickbackType, 1_000_000), "")
BOARD = Leaderboard("GROCERY", "2023-05", RankedBy.CARD)
LONG_NAME = "😀" * 256


@dataclass
class Script:
    """A client that answers queries as `answer` says, after letting others run. It keeps what it was asked."""

    answer: Callable[[dict[str, Any]], dict[str, Any]]
    asked: list[dict[str, Any]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0

    async def query(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        return {BODY: msgspec.json.encode(self.answer(request))}


def views(script: Script, slots: int = 8) -> DynamoViews:
    return DynamoViews(Database(script, "Views"), asyncio.Semaphore(slots))


def item(view_id: ViewId, points: int = 0) -> Item:
    return view_item(GENERATION, view_id, ViewRow(Totals(1, 100, 0, {KickbackType.POINT: points})))


def pk_of(request: dict[str, Any]) -> str:
    return str(request["ExpressionAttributeValues"][":pk"]["S"])


def nothing(_: dict[str, Any]) -> dict[str, Any]:
    return {"Items": []}


def in_pages(items: list[Item], sizes: list[int]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Answers with so many items at a time, whatever the limit; the start key counts what was given."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        page = int(request.get("ExclusiveStartKey", {}).get("at", {}).get("S", "0"))
        start = sum(sizes[:page])
        given = items[start : start + min(sizes[page], request.get("Limit", 10**9))]
        more = page + 1 < len(sizes)
        return {"Items": given, **({"LastEvaluatedKey": {"at": {"S": str(page + 1)}}} if more else {})}

    return answer


async def test_empty_and_short_pages_are_not_the_end() -> None:
    names = [f"C{number}" for number in range(9)]
    items = [item(CategoryTotal("2023-05", name)) for name in names]
    script = Script(in_pages(items, [0, 4, 0, 0, 1, 4]))
    assert list(await views(script).categories(GENERATION, "2023-05")) == names
    assert len(script.asked) == 6


async def test_a_leaderboard_goes_on_until_it_is_full() -> None:
    members = [item(LeaderboardRow("GROCERY", "2023-05", RankedBy.CARD, f"c{n}"), 100 - n) for n in range(9)]
    generation = Generation(5, 1, GENERATION.valuation, "")
    script = Script(in_pages(members, [2, 0, 3, 4]))
    rows = await views(script).leaderboard(generation, BOARD, limit=4, after=None)
    assert [row.member for row in rows] == ["c0", "c1", "c2", "c3"]
    assert [request["Limit"] for request in script.asked] == [4, 2, 2], "never more than what is missing, nor once more"


async def test_every_shard_is_asked_once_behind_the_place() -> None:
    script = Script(nothing)
    place = Place(7, LONG_NAME)
    assert await views(script).leaderboard(GENERATION, BOARD, limit=50, after=place) == []
    assert sorted(map(pk_of, script.asked)) == [f"5#RANK#GROCERY#2023-05#card#shard0{shard}" for shard in range(4)]
    for request in script.asked:
        assert request["Limit"] == 50
        assert len(request["ExpressionAttributeValues"][":after"]["S"].encode()) <= 1024
        assert "ConsistentRead" not in request


async def test_one_failing_shard_fails_the_whole() -> None:
    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if pk_of(request).endswith("shard02"):
            raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "Query")
        return {"Items": []}

    failing = views(Script(answer))
    with pytest.raises(StoreUnavailable):
        await failing.leaderboard(GENERATION, BOARD, limit=5, after=None)
    for months, days in ((["2023-05"], []), ([], ["2023-05-01"])):
        with pytest.raises(StoreUnavailable):
            await failing.cards(GENERATION, months, days)


async def test_no_more_queries_are_under_way_than_slots() -> None:
    script = Script(nothing)
    one = views(script, slots=3)
    await asyncio.gather(*(one.leaderboard(GENERATION, BOARD, limit=5, after=None) for _ in range(5)))
    assert (len(script.asked), script.most_under_way) == (20, 3)


@pytest.mark.parametrize(
    ("first", "last", "queries"),
    [
        ("2023-01-01", "2023-12-31", 1),
        ("2023-05-15", "2023-05-15", 1),
        ("2023-05-15", "2024-05-13", 4),
        ("2023-01-02", "2024-01-02", 3),
    ],
)
async def test_a_range_of_one_card_is_at_most_four_queries(first: str, last: str, queries: int) -> None:
    cover = cover_of(date.fromisoformat(first), date.fromisoformat(last))
    script = Script(nothing)
    await views(script).card(GENERATION, "card456", cover.months, cover.days)
    assert len(script.asked) == queries
    for request in script.asked:
        values = request["ExpressionAttributeValues"]
        assert values[":first"]["S"].startswith("card456#")
        assert values[":last"]["S"].startswith("card456#")


async def test_who_a_row_is_about() -> None:
    by_user = [item(UserTotal("user123", "2023-05", "GROCERY"), 5)]
    by_merchant = [item(LeaderboardRow("GROCERY", "2023-05", RankedBy.MERCHANT, LONG_NAME), 5)]
    one_shard = Generation(5, 1, GENERATION.valuation, "")
    for by, items, member in ((RankedBy.USER, by_user, "user123"), (RankedBy.MERCHANT, by_merchant, LONG_NAME)):
        script = Script(in_pages(items, [1]))
        board = Leaderboard("GROCERY", "2023-05", by)
        (row,) = await views(script).leaderboard(one_shard, board, limit=5, after=None)
        assert (row.member, row.value) == (member, 5)
