from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.transaction_answers import purchase_document
from app.domain.identifiers import MAX_AMOUNT
from app.domain.kickbacks import Channel
from app.domain.periods import DateRange
from app.domain.purchases import Purchase
from app.domain.reversals import Part, Reversal, reversal_of
from app.store.purchase_codec import (
    FIGURES_PROJECTION,
    FiguresRow,
    PurchaseRow,
    date_bounds,
    figures_of,
    is_alive,
    purchase_item,
    purchase_of,
    reversal_item,
)
from app.store.purchase_codec import reversal_of as read_reversal
from app.store.purchase_lines import LineRow, alive, line_of
from tests.fakes import documents as fake
from tests.purchases import purchase
from tests.store.rows import line_row, over_the_wire, purchase_row
from tests.strategies import days, ids, purchases, texts

SEED_ITEM = {
    "PK": {"S": "USER#user123"},
    "SK": {"S": "TRANSACTION#2023-05-01#txn001"},
    "GSI1PK": {"S": "CATEGORY#GROCERY#shard00"},
    "GSI1SK": {"S": "2023-05-01"},
    "GSI2PK": {"S": "CARD#card456#shard00"},
    "GSI2SK": {"S": "2023-05-01"},
    "userId": {"S": "user123"},
    "transactionId": {"S": "txn001"},
    "transactionDate": {"S": "2023-05-01"},
    "cardId": {"S": "card456"},
    "cardName": {"S": "プラチナカード"},
    "merchantName": {"S": "スーパーマーケットA"},
    "category": {"S": "GROCERY"},
    "transactionAmount": {"N": "5000"},
    "kickbackAmount": {"N": "50"},
    "kickbackType": {"S": "POINT"},
    "kickbackRate": {"N": "0.01"},
    "description": {"S": "食料品購入"},
    "createdAt": {"S": "2023-05-01T12:34:56.000000Z"},
}


def test_the_example_item_attribute_by_attribute() -> None:
    assert purchase_item(purchase(), category_shards=1, card_shards=1) == SEED_ITEM


def test_the_item_of_a_reversal_attribute_by_attribute() -> None:
    undone = reversal_of(
        purchase(channel=Channel.ONLINE, occurred_at="2023-05-01T21:34:56+09:00", expiration_time=1_700_000_000),
        Part(2000, 20),
        reversal_id="v1",
        is_last=False,
        reason="返品",
        created_at="2023-06-01T00:00:00.000000Z",
    )
    assert reversal_item(undone, category_shards=1, card_shards=1) == {
        **{name: value for name, value in SEED_ITEM.items() if name != "description"},
        "SK": {"S": "TRANSACTION#2023-05-01#txn001#v1"},
        "transactionAmount": {"N": "-2000"},
        "kickbackAmount": {"N": "-20"},
        "createdAt": {"S": "2023-06-01T00:00:00.000000Z"},
        "reversalId": {"S": "v1"},
        "reason": {"S": "返品"},
        "countChange": {"N": "0"},
        "expirationTime": {"N": "1700000000"},
    }


reversals = st.builds(
    lambda bought, amount, kickback, reversal_id, is_last, reason: reversal_of(
        bought, Part(amount, kickback), reversal_id=reversal_id, is_last=is_last, reason=reason, created_at="2023-06-01"
    ),
    purchases,
    st.integers(1, MAX_AMOUNT),
    st.integers(0, MAX_AMOUNT),
    ids,
    st.booleans(),
    st.none() | texts,
)


@settings(max_examples=150)
@given(reversals, st.integers(1, 100), st.integers(1, 100))
def test_a_reversal_is_read_back_by_everybody(what: Reversal, category_shards: int, card_shards: int) -> None:
    item = reversal_item(what, category_shards=category_shards, card_shards=card_shards)
    row = over_the_wire(item, PurchaseRow)
    assert read_reversal(row) == what
    listed = over_the_wire(item, LineRow)
    assert line_of(listed) == fake.purchase_line(what)
    assert listed.item_id == what.item_id
    projected = {name: item[name] for name in FIGURES_PROJECTION.split(", ") if name in item}
    assert figures_of(over_the_wire(projected, FiguresRow)) == fake.figures_of(what)
    shards = purchase_item(
        replace(what.line, transaction_id=what.item_id), category_shards=category_shards, card_shards=card_shards
    )
    assert [item[name] for name in ("GSI1PK", "GSI2PK", "SK")] == [shards[name] for name in ("GSI1PK", "GSI2PK", "SK")]


@pytest.mark.parametrize("gone", ["reversalId", "countChange"])
def test_half_a_reversal_is_none(gone: str) -> None:
    undone = reversal_of(purchase(), Part(1, 0), reversal_id="v1", is_last=False, reason=None, created_at="")
    item = reversal_item(undone, category_shards=1, card_shards=1)
    with pytest.raises(ValueError, match="a reversal has"):
        read_reversal(over_the_wire({name: value for name, value in item.items() if name != gone}, PurchaseRow))


def test_what_was_not_given_is_absent() -> None:
    bare = purchase_item(purchase(card_name=None, description=None), category_shards=1, card_shards=1)
    assert set(SEED_ITEM) - set(bare) == {"cardName", "description"}


def test_additions_have_names_of_their_own() -> None:
    full = purchase(channel=Channel.ONLINE, occurred_at="2023-05-01T21:34:56+09:00", expiration_time=1_700_000_000)
    item = purchase_item(full, category_shards=1, card_shards=1)
    assert {name: item[name] for name in set(item) - set(SEED_ITEM)} == {
        "channel": {"S": "ONLINE"},
        "occurredAt": {"S": "2023-05-01T21:34:56+09:00"},
        "expirationTime": {"N": "1700000000"},
    }


@settings(max_examples=150)
@given(purchases, st.integers(1, 100), st.integers(1, 100))
def test_what_was_written_is_read_back(what: Purchase, category_shards: int, card_shards: int) -> None:
    item = purchase_item(what, category_shards=category_shards, card_shards=card_shards)
    assert purchase_of(over_the_wire(item, type(purchase_row(what)))) == what
    assert item["GSI1PK"]["S"].startswith(f"CATEGORY#{what.category}#shard")
    assert item["GSI2PK"]["S"].startswith(f"CARD#{what.card_id}#shard")
    assert int(item["GSI1PK"]["S"][-2:]) < category_shards
    assert int(item["GSI2PK"]["S"][-2:]) < card_shards


@settings(max_examples=100)
@given(purchases)
def test_lists_show_what_single_answers_show(what: Purchase) -> None:
    line = line_of(line_row(what))
    assert msgspec.json.encode(line) == msgspec.json.encode(purchase_document(what))
    assert line == fake.purchase_line(what)


@settings(max_examples=100)
@given(purchases)
def test_sums_read_the_same_figures(what: Purchase) -> None:
    item = purchase_item(what, category_shards=16, card_shards=4)
    projected = {name: item[name] for name in FIGURES_PROJECTION.split(", ") if name in item}
    assert figures_of(over_the_wire(projected, FiguresRow)) == fake.figures_of(what)


def test_unknown_attributes_do_not_disturb() -> None:
    item = {**purchase_item(purchase(), category_shards=1, card_shards=1), "addedLater": {"M": {}}}
    assert purchase_of(over_the_wire(item, type(purchase_row(purchase())))) == purchase()


@pytest.mark.parametrize(
    ("expiration_time", "epoch_second", "is_shown"),
    [(None, 2**40, True), (100, 99, True), (100, 100, False), (100, 101, False)],
)
def test_retention_ends_at_its_second(expiration_time: int | None, epoch_second: int, is_shown: bool) -> None:
    item = purchase_item(replace(purchase(), expiration_time=expiration_time), category_shards=1, card_shards=1)
    row = over_the_wire(item, LineRow)
    assert alive([row], epoch_second) == ([row] if is_shown else [])
    assert is_alive(over_the_wire(item, FiguresRow), epoch_second) is is_shown


@settings(max_examples=150)
@given(st.none() | days, st.none() | days, days)
def test_index_bounds_hold_exactly_the_range(first: date | None, last: date | None, day: date) -> None:
    low, high = date_bounds(DateRange(first, last))
    inside = (first is None or first <= day) and (last is None or day <= last)
    assert (low <= day.isoformat() <= high) == inside
