import random
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.card_rankings import ranked_cards
from app.domain.kickbacks import KickbackType
from app.domain.rankings import Member
from app.domain.samples import is_low_sample
from app.domain.totals import Figures, Totals
from tests.strategies import figures

ONE_TO_ONE = dict.fromkeys(KickbackType, 1_000_000)


def card(card_id: str, count: int, spent: int, points: int) -> Member:
    return Member(card_id, Totals(count, spent, 0, {KickbackType.POINT: points}))


@pytest.mark.parametrize(
    ("count", "spent", "low"),
    [(9, 9_000, True), (10, 9_000, False), (11, 1, False), (10, 0, True), (10, -5, True), (-1, 100, True)],
)
def test_ten_purchases_with_spending_say_something(count: int, spent: int, low: bool) -> None:
    assert is_low_sample(Totals(count, spent), 10) is low


def test_best_rate_first_then_value_then_id_and_too_few_purchases_last() -> None:
    cards = [
        card("small", 10, 1_000, 20),
        card("a-large", 20, 2_000, 40),
        card("large", 20, 2_000, 40),
        card("poor", 50, 10_000, 1),
        card("lucky", 1, 100, 90),
        card("luckier", 9, 100, 95),
        card("unspent", 12, 0, 5),
        card("gone", 0, 0, 0),
    ]
    for order in [*permutations(cards)][:: 40320 // 60]:
        rows = ranked_cards(order, ONE_TO_ONE, low_sample_below=10)
        assert [(row.rank, row.medal, row.member.member_id, row.low_sample) for row in rows] == [
            (1, "GOLD", "a-large", False),
            (1, "GOLD", "large", False),
            (3, "BRONZE", "small", False),
            (4, None, "poor", False),
            (5, None, "luckier", True),
            (6, None, "lucky", True),
            (7, None, "unspent", True),
        ]


def test_low_samples_never_have_medals() -> None:
    rows = ranked_cards([card("a", 3, 100, 9), card("b", 2, 100, 8)], ONE_TO_ONE, low_sample_below=10)
    assert [(row.rank, row.medal) for row in rows] == [(1, None), (2, None)]


def test_a_low_sample_never_shares_a_rank_with_another_card() -> None:
    rows = ranked_cards([card("few", 2, 1_000, 10), card("many", 20, 1_000, 10)], ONE_TO_ONE, low_sample_below=10)
    assert [(row.rank, row.member.member_id) for row in rows] == [(1, "many"), (2, "few")]


@settings(max_examples=150)
@given(st.lists(figures, max_size=30), st.integers(1, 4))
def test_ranks_count_those_who_are_better(many: list[Figures], least: int) -> None:
    members: dict[str, Member] = {}
    for one in many:
        members.setdefault(one.card_id, Member(one.card_id)).add(one, one.card_name)
    rows = ranked_cards(members.values(), ONE_TO_ONE, low_sample_below=least)
    assert {row.member.member_id for row in rows} == set(members)
    for row in rows:
        assert row.rank == 1 + sum(other.order[:3] < row.order[:3] for other in rows)
        assert row.low_sample == (row.member.totals.count < least or row.member.totals.transaction_total <= 0)
    shuffled = list(members.values())
    random.Random(1).shuffle(shuffled)
    assert ranked_cards(shuffled, ONE_TO_ONE, low_sample_below=least) == rows
