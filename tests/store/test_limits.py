from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.decisions.earn import decide_earn
from app.domain.purchases import Purchase
from app.ports.errors import StoreRefused
from app.ports.transactions import MAX_ACTIONS
from app.store.ledger_codec import guard_item, ledger_item
from app.store.limits import (
    MAX_ITEM_BYTES,
    check_item,
    check_transaction,
    item_bytes,
    transaction_write_units,
)
from app.store.purchase_codec import purchase_item
from app.store.wire import Item, key, number, text
from tests.domain.passbooks import earning
from tests.purchases import new_transaction, purchase
from tests.strategies import purchases

LARGEST = MAX_ACTIONS // 3


def units_of(items: list[dict[str, Any]]) -> float:
    return transaction_write_units(items, check_transaction(items))


def item(pk: str = "p", sk: str = "s", **attributes: Any) -> Item:
    return {**key(pk, sk), **attributes}


def padded_to(size: int, pk: str = "p") -> Item:
    """An item of so many bytes."""
    padded = item(pk, pad=text(""))
    padded["pad"] = text("x" * (size - item_bytes(padded)))
    assert item_bytes(padded) == size
    return padded


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({}, 0),
        ({"name": text("abc")}, 7),
        ({"名": text("あ")}, 6),  # UTF-8 bytes, not characters
        ({"e": text("")}, 1),
        ({"n": number(0)}, 3),
        ({"n": number(7)}, 3),
        ({"n": number(12)}, 3),
        ({"n": number(123)}, 4),
        ({"n": number(-123)}, 5),
        ({"n": {"N": "0.01"}}, 4),
        ({"l": {"L": []}}, 4),
        ({"l": {"L": [text("ab"), {"NULL": True}, {"L": []}]}}, 13),
        ({"b": {"BOOL": True}}, 2),
    ],
)
def test_sizes_by_the_published_rule(attributes: Item, size: int) -> None:
    assert item_bytes(attributes) == size


values = st.recursive(
    st.text(max_size=5).map(text)
    | st.decimals(allow_nan=False, allow_infinity=False, places=6).map(lambda one: {"N": f"{one.normalize():f}"})
    | st.just({"NULL": True}),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda many: {"L": many})
        | st.dictionaries(st.text(max_size=3), inner, max_size=3).map(lambda many: {"M": many})
    ),
    max_leaves=6,
)


@settings(max_examples=150)
@given(st.dictionaries(st.text(max_size=5), values, max_size=5))
def test_an_item_is_as_large_as_its_attributes(attributes: Item) -> None:
    def size(value: Any) -> int:
        match value:
            case {"S": content}:
                return len(content.encode())
            case {"N": content}:
                return sum(map(str.isdigit, content)) // 2 + sum(map(str.isdigit, content)) % 2 + 1 + ("-" in content)
            case {"L": members}:
                return 3 + sum(1 + size(member) for member in members)
            case {"M": members}:
                return 3 + sum(1 + len(name.encode()) + size(member) for name, member in members.items())
        return 1

    assert item_bytes(attributes) == sum(len(name.encode()) + size(value) for name, value in attributes.items())


def test_an_unknown_type_is_not_guessed() -> None:
    with pytest.raises(StoreRefused, match="no size is known for attributes of type SS"):
        item_bytes({"m": {"SS": ["a"]}})


def test_an_item_has_at_most_400_kilobytes() -> None:
    assert check_item(padded_to(MAX_ITEM_BYTES)) == MAX_ITEM_BYTES == 409_600
    with pytest.raises(StoreRefused, match="400 KB"):
        check_item(padded_to(MAX_ITEM_BYTES + 1))


@pytest.mark.parametrize(
    ("pk", "sk", "good"),
    [
        ("p" * 2048, "s" * 1024, True),
        ("p", "s", True),
        ("p" * 2049, "s", False),
        ("あ" * 683, "s", False),
        ("p", "s" * 1025, False),
        ("p", "あ" * 342, False),
        ("", "s", False),
        ("p", "", False),
    ],
)
def test_keys_have_their_limits_in_bytes(pk: str, sk: str, good: bool) -> None:
    if good:
        check_item(item(pk, sk))
    else:
        with pytest.raises(StoreRefused, match="a key has"):
            check_item(item(pk, sk))


@pytest.mark.parametrize(("count", "good"), [(0, False), (1, True), (100, True), (101, False)])
def test_a_transaction_has_1_to_100_actions(count: int, good: bool) -> None:
    items = [item(str(place)) for place in range(count)]
    if good:
        check_transaction(items)
    else:
        with pytest.raises(StoreRefused, match="1 to 100 actions"):
            check_transaction(items)


def test_a_transaction_names_an_item_once() -> None:
    check_transaction([item("a", "b"), item("a", "c"), item("b", "b")])
    with pytest.raises(StoreRefused, match="names an item once"):
        check_transaction([item("a", "b"), item("b", "a"), item("a", "b")])


def test_a_transaction_has_at_most_4_megabytes() -> None:
    items = [padded_to(MAX_ITEM_BYTES, str(place)) for place in range(10)]  # 4,096,000 bytes
    rest = 4 * 1024 * 1024 - 10 * MAX_ITEM_BYTES
    check_transaction([*items, padded_to(rest, "rest")])
    with pytest.raises(StoreRefused, match="4 MB"):
        check_transaction([*items, padded_to(rest + 1, "rest")])


@pytest.mark.parametrize(("size", "units"), [(1024, 2), (1025, 4), (2048, 4), (5000, 10)])
def test_a_transactional_write_costs_two_units_for_each_started_kilobyte(size: int, units: int) -> None:
    assert units_of([padded_to(size)]) == units
    assert units_of([padded_to(size), padded_to(1024, "q")]) == units + 2


def test_an_index_costs_one_more_for_each_kilobyte() -> None:
    written = new_transaction(purchase())
    assert written.entry is not None
    items = [
        guard_item(written.guard),
        purchase_item(written.purchase, category_shards=16, card_shards=4),
        ledger_item(written.entry, due_shards=16),
    ]
    assert [units_of([one]) for one in items] == [2, 4, 2 + 1 + 1]
    assert units_of(items) == 10


@settings(max_examples=10)
@given(st.lists(purchases, min_size=LARGEST, max_size=LARGEST, unique_by=lambda one: one.transaction_id))
def test_the_largest_group_of_purchases_fits(many: list[Purchase]) -> None:
    items = []
    for one in many:
        items += [guard_item(new_transaction(one).guard), purchase_item(one, category_shards=16, card_shards=4)]
    entry = None
    for place in range(LARGEST):
        (entry,) = decide_earn(entry, earning(1, cause=f"TRANSACTION#{place}"))
        items.append(ledger_item(entry, due_shards=16))
    assert len(items) == 99
    check_transaction(items)


def test_maps_and_bytes_have_the_published_size() -> None:
    assert item_bytes({"m": {"M": {"ab": {"S": "cde"}, "f": {"B": "AAECAw=="}}}}) == 1 + 3 + (1 + 2 + 3) + (1 + 1 + 4)


def test_an_item_that_moves_in_an_index_costs_two_there() -> None:
    item = {"PK": {"S": "a"}, "SK": {"S": "b"}, "scorePK": {"S": "c"}, "scoreSK": {"S": "d"}}
    assert transaction_write_units([item], [100]) == 3
    assert transaction_write_units([item], [100], replacing=True) == 4


_TEXTS = st.text(max_size=400)
_NUMBERS = st.integers(-(10**20), 10**20).map(number) | st.sampled_from(["0.01", "-0.5", "1"]).map(lambda n: {"N": n})
_SCALARS = _TEXTS.map(text) | _NUMBERS | st.just({"NULL": True}) | st.just({"BOOL": False})
_VALUES = st.recursive(
    _SCALARS,
    lambda below: (
        st.lists(below, max_size=4).map(lambda members: {"L": members})
        | st.dictionaries(st.text(min_size=1, max_size=5), below, max_size=4).map(lambda members: {"M": members})
    ),
    max_leaves=6,
)


@example({name: {"L": []} for name in "abc"}, 1004)
@given(st.dictionaries(st.text(min_size=1, max_size=8), _VALUES, max_size=8), st.integers(0, 1100))
def test_the_quick_size_is_never_less_than_the_exact_one(attributes: dict[str, Any], padding: int) -> None:
    some = {**attributes, **item(pad=text("x" * padding))}
    exact = item_bytes(some)
    assert check_item(some) == exact or exact <= check_item(some) <= 1024
    assert transaction_write_units([some], [check_item(some)]) == transaction_write_units([some], [exact])
