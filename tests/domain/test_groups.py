"""Sketches of users, and which rows they make too small to be shown."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.groups import KEPT, NOBODY, Group, hash_of, hidden_places, merged, together, with_user
from app.domain.row_sums import sum_of
from app.domain.view_rows import Counted, ViewRow
from app.settings.security import SecuritySettings
from tests.fakes.documents import figures_of
from tests.purchases import EXAMPLE

users = st.lists(st.sampled_from([f"user{number}" for number in range(40)]), max_size=60)
rows = st.lists(st.tuples(st.integers(1, 30), st.sets(st.integers(0, 12), min_size=1)), max_size=8)


def sketch(ids: list[str]) -> bytes:
    found = NOBODY
    for one in ids:
        found = with_user(found, one)
    return found


def group(ids: set[int], purchases: int = 1_000) -> Group:
    return Group(purchases, sketch([str(one) for one in ids]))


@settings(max_examples=300)
@given(users, st.randoms(use_true_random=False))
def test_a_sketch_is_the_same_in_any_order_and_however_often(ids: list[str], shuffled: random.Random) -> None:
    again = [*ids, *ids]
    shuffled.shuffle(again)
    found = sketch(ids)
    assert sketch(again) == found
    # By the definition: the smallest hashes.
    assert found == b"".join(sorted({hash_of(one) for one in ids})[:KEPT])


@settings(max_examples=300)
@given(users, users, users)
def test_sketches_of_parts_give_that_of_the_whole(one: list[str], two: list[str], three: list[str]) -> None:
    whole = sketch([*one, *two, *three])
    assert merged(merged(sketch(one), sketch(two)), sketch(three)) == whole
    assert merged(sketch(three), merged(sketch(two), sketch(one))) == whole
    assert merged(whole, sketch(two)) == whole == merged(NOBODY, whole) == merged(whole, NOBODY)


@settings(max_examples=300)
@given(users, st.integers(1, KEPT))
def test_it_never_says_more_users_than_there_are_and_says_enough(ids: list[str], least: int) -> None:
    assert Group(1_000, sketch(ids)).has(least) == (len(set(ids)) >= least)  # these forty have different hashes


def test_ids_that_collide_count_as_one() -> None:
    seen: dict[bytes, str] = {}
    for number in range(5_000):
        name = f"u{number}"
        twin = seen.setdefault(hash_of(name), name)
        if twin != name:
            assert not Group(9, sketch([name, twin])).has(2)
            assert Group(9, sketch([name, twin, "other"])).has(2)
            return
    raise AssertionError("16 bits collide among 5,000")


def test_it_stays_small_and_deep_enough_for_the_setting() -> None:
    many = sketch([f"user{number}" for number in range(20_000)])
    assert len(many) == 32
    assert Group(20_000, many).has(KEPT)
    (at_most,) = [
        one.le for one in SecuritySettings.model_fields["min_group_members"].metadata if getattr(one, "le", None)
    ]
    assert at_most == KEPT


def test_stored_sketches_stay_what_they_are() -> None:
    assert [hash_of(one).hex() for one in ("user123", "太郎")] == ["c313", "6375"]


def test_purchases_that_were_taken_back_hide_nobody() -> None:
    five = group(set(range(5)), purchases=4)
    assert not five.has(5)
    assert group(set(range(5)), purchases=5).has(5)


def test_reversals_neither_add_users_nor_take_them_away() -> None:
    bought = figures_of(EXAMPLE)
    back = bought._replace(transaction_id="back", user_id="somebody-else", count_change=-1, transaction_amount=-5000)
    for order in ([bought, back], [back, bought]):
        row = ViewRow()
        for one in order:
            row.add(one, Counted(part="a", with_users=True))
        assert row.users == hash_of(bought.user_id)
        assert row.copy() == row


def test_only_rows_that_are_about_several_users_have_them() -> None:
    row = ViewRow()
    row.add(figures_of(EXAMPLE), Counted(part="a"))
    assert row.users == NOBODY


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=20), st.integers(0, 20))
def test_rows_that_are_summed_have_the_users_of_all(bought: list[tuple[str, int]], cut: int) -> None:
    whole, parts = ViewRow(), [ViewRow(), ViewRow()]
    for place, (part, user) in enumerate(bought):
        figures = figures_of(EXAMPLE)._replace(user_id=f"u{user}")
        for row in (whole, parts[place < cut]):
            row.add(figures, Counted(part=part, with_users=True))
    before = [row.copy() for row in parts]
    total = sum_of(parts, with_users=True)
    assert total.users == whole.users
    assert sum_of(parts).users == NOBODY, "nobody asked"
    assert parts == before, "what is added up is left as it is"


@pytest.mark.parametrize(
    ("members", "some", "hidden"),
    [
        ([], False, []),
        ([{1, 2, 3}, {1, 2, 3}], False, []),
        ([{1, 2, 3}, {1, 2, 4}], True, [1]),  # the sum is hidden, so that a row has to be
        ([{1, 2, 3}, {4}], False, [0, 1]),  # one row alone would be the rest of the sum
        ([{1, 2, 3}, {4, 5, 6}, {4}, {2, 3, 4}, {5}], False, [2, 3, 4]),  # the last that is large enough goes with them
        ([{1, 2, 3}, {1}, {2}, {4}], False, [1, 2, 3]),  # they have enough users together
        ([{1, 2, 3}, {1}, {2}, {4}], True, [1, 2, 3]),
        ([{1}, {1}, {1}, {2}], False, [0, 1, 2, 3]),  # nothing is left that could hide them
    ],
)
def test_which_rows_are_hidden(members: list[set[int]], some: bool, hidden: list[int]) -> None:
    assert sorted(hidden_places([group(one) for one in members], 3, some=some)) == hidden


@settings(max_examples=300)
@given(rows, st.integers(1, 6), st.booleans())
def test_what_is_left_of_the_sum_never_belongs_to_too_few(
    members: list[tuple[int, set[int]]], least: int, some: bool
) -> None:
    groups = [group(ids, purchases) for purchases, ids in members]
    hidden = hidden_places(groups, least, some=some)
    for place, one in enumerate(groups):
        assert one.has(least) or place in hidden
    rest = together(groups[place] for place in hidden)
    assert not hidden or rest.has(least) or len(hidden) == len(groups)
    assert len(hidden) <= 1 + sum(not one.has(least) for one in groups), "at most one more than has to be"
    if some and groups:
        assert hidden
