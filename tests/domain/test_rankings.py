from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.kickbacks import KickbackType
from app.domain.rankings import MEDALS, Member, RankedBy, member_of, rank_among, ranked
from app.domain.totals import Figures, Totals
from tests.strategies import figures

ONE_TO_ONE = dict.fromkeys(KickbackType, 1_000_000)
EXAMPLE = Figures(
    transaction_id="txn001",
    transaction_date="2023-05-01",
    created_at="2023-05-01T12:34:56.000000Z",
    user_id="user123",
    card_id="card456",
    card_name="プラチナカード",
    merchant_name="スーパーマーケットA",
    category="GROCERY",
    transaction_amount=5000,
    kickback_amount=50,
    kickback_type=KickbackType.POINT,
    kickback_rate_millionths=10_000,
)


def member(member_id: str, points: int = 0, miles: int = 0) -> Member:
    return Member(member_id, Totals(1, 100, 0, {KickbackType.POINT: points, KickbackType.MILE: miles}))


@pytest.mark.parametrize(
    ("values", "ranks", "medals"),
    [
        ([50, 50, 20], [1, 1, 3], ["GOLD", "GOLD", "BRONZE"]),
        ([50, 20, 20, 10], [1, 2, 2, 4], ["GOLD", "SILVER", "SILVER", None]),
        ([9, 8, 7, 6], [1, 2, 3, 4], ["GOLD", "SILVER", "BRONZE", None]),
        ([5, 5, 5, 5], [1, 1, 1, 1], ["GOLD"] * 4),
        ([5, 5, 5, 4], [1, 1, 1, 4], ["GOLD", "GOLD", "GOLD", None]),
        ([0, -5, -5], [1, 2, 2], ["GOLD", "SILVER", "SILVER"]),
        ([7], [1], ["GOLD"]),
        ([], [], []),
    ],
)
def test_equal_values_share_a_rank_and_its_medal(values: list[int], ranks: list[int], medals: list[str | None]) -> None:
    rows = ranked([member(f"c{place}", value) for place, value in enumerate(values)], ONE_TO_ONE)
    assert [row.rank for row in rows] == ranks
    assert [MEDALS.get(row.rank) for row in rows] == medals
    assert [row.value for row in rows] == values


def test_equal_values_are_ordered_by_id() -> None:
    for order in permutations(["a", "B", "c-2", "c-10"]):
        rows = ranked([member(name, 7) for name in order], ONE_TO_ONE)
        assert [row.member.member_id for row in rows] == ["B", "a", "c-10", "c-2"]


def test_the_valuation_decides() -> None:
    rows = [member("points", points=10), member("miles", miles=6)]
    assert [row.member.member_id for row in ranked(rows, ONE_TO_ONE)] == ["points", "miles"]
    double_miles = {**ONE_TO_ONE, KickbackType.MILE: 2_000_000}
    assert [(row.member.member_id, row.value) for row in ranked(rows, double_miles)] == [("miles", 12), ("points", 10)]


@settings(max_examples=150)
@given(st.lists(st.integers(-3, 6), max_size=15))
def test_a_rank_is_one_more_than_how_many_are_better(values: list[int]) -> None:
    rows = ranked([member(f"{place:02d}", value) for place, value in enumerate(values)], ONE_TO_ONE)
    assert sorted(row.member.member_id for row in rows) == sorted(f"{place:02d}" for place in range(len(values)))
    for row in rows:
        assert row.rank == 1 + sum(value > row.value for value in values) == rank_among(row.value, values)


@settings(max_examples=100)
@given(st.lists(figures, max_size=12, unique_by=lambda one: one.transaction_id), st.sampled_from(RankedBy))
def test_members_together_hold_everything_once(many: list[Figures], by: RankedBy) -> None:
    members: dict[str, Member] = {}
    for one in many:
        member_id, name = member_of(one, by)
        members.setdefault(member_id, Member(member_id)).add(one, name)
    rows = ranked(members.values(), ONE_TO_ONE)
    assert sum(row.member.totals.count for row in rows) == len(many)
    assert sum(row.value for row in rows) == sum(one.kickback_amount for one in many)


def test_under_which_id_and_name_a_purchase_counts() -> None:
    assert member_of(EXAMPLE, RankedBy.CARD) == ("card456", "プラチナカード")
    assert member_of(EXAMPLE, RankedBy.MERCHANT) == ("スーパーマーケットA", "スーパーマーケットA")
    assert member_of(EXAMPLE, RankedBy.USER) == ("user123", None)


def test_the_newest_name_wins_whatever_the_order() -> None:
    named = [
        EXAMPLE._replace(transaction_date="2023-05-03", card_name=None),
        EXAMPLE._replace(transaction_date="2023-05-02", created_at="2023-05-02T01:00:00.000000Z", card_name="newest"),
        EXAMPLE._replace(transaction_date="2023-05-02", created_at="2023-05-02T00:00:00.000000Z", card_name="older"),
        EXAMPLE._replace(transaction_date="2023-05-01", created_at="2023-06-01T00:00:00.000000Z", card_name="oldest"),
    ]
    for order in permutations(named):
        card = Member("card456")
        for one in order:
            card.add(one, one.card_name)
        assert (card.name, card.totals.count) == ("newest", 4)


def test_nameless_purchases_leave_it_nameless() -> None:
    card = Member("card456")
    card.add(EXAMPLE, None)
    assert card.name is None
