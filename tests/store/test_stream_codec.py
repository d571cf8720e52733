import json
from typing import Any

import pytest
from hypothesis import given, settings

from app.domain.purchases import Purchase
from app.domain.totals import Figures
from app.ports.errors import StoreUnavailable
from app.store.purchase_codec import purchase_item
from app.store.stream_codec import record_from_event, record_of
from app.telemetry import CHANGED_FACTS
from tests.fakes.documents import figures_of
from tests.purchases import EXAMPLE
from tests.strategies import purchases

ITEM = purchase_item(EXAMPLE, category_shards=1, card_shards=1)
TTL = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
TTL_OF_GET_RECORDS = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
SOMEBODY = {"type": "AssumedRole", "principalId": "somebody"}


def record(event: str = "INSERT", item: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """As GetRecords answers it."""
    image = ITEM if item is None else item
    images = {"NewImage": image} if event != "REMOVE" else {"OldImage": image}
    change = {
        "ApproximateCreationDateTime": 1_795_316_645,
        "Keys": {"PK": image.get("PK"), "SK": image.get("SK")},
        "SequenceNumber": "100000000000000000001",
        "SizeBytes": 300,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        **images,
    }
    return {"eventID": "1", "eventName": event, "awsRegion": "ap-northeast-1", "dynamodb": change, **more}


def changed(**attributes: Any) -> dict[str, Any]:
    """The example with other attributes; None leaves one out."""
    item = {**ITEM, **attributes}
    return {name: value for name, value in item.items() if value is not None}


@settings(max_examples=100)
@given(purchases)
def test_a_new_purchase_has_its_figures_from_both_hosts(what: Purchase) -> None:
    given = record(item=purchase_item(what, category_shards=4, card_shards=4))
    for found in (record_of(json.dumps(given).encode()), record_from_event(given)):
        assert found.figures == figures_of(what)
        assert found.poison is None


def test_place_and_time() -> None:
    found = record_of(json.dumps(record()).encode())
    assert (found.sequence, found.event, found.at) == ("100000000000000000001", "INSERT", "2026-11-22T03:04:05.000000Z")


def test_a_fraction_of_a_second_is_left_out() -> None:
    given = record()
    given["dynamodb"]["ApproximateCreationDateTime"] = 1_795_316_645.987
    assert record_from_event(given).at == "2026-11-22T03:04:05.000000Z"


def test_a_reversal_is_a_purchase_that_counts_backwards() -> None:
    found = record_from_event(
        record(item=changed(transactionAmount={"N": "-5000"}, kickbackAmount={"N": "-50"}, countChange={"N": "-1"}))
    )
    assert isinstance(found.figures, Figures)
    assert (found.figures.transaction_amount, found.figures.count_change) == (-5000, -1)


@pytest.mark.parametrize("sk", ["TXN", "REDEMPTION#r1", "LEDGER", "GROCERY", "TRANSACTIONS"])
@pytest.mark.parametrize("event", ["INSERT", "MODIFY", "REMOVE"])
def test_what_is_no_purchase_and_no_entry_has_no_figures(sk: str, event: str) -> None:
    before = CHANGED_FACTS._value.get()
    found = record_from_event(record(event, item={"PK": {"S": "x"}, "SK": {"S": sk}}))
    assert (found.figures, found.poison) == (None, None)
    assert CHANGED_FACTS._value.get() == before


SECRET = "何か秘密"


@pytest.mark.parametrize(
    "item",
    [
        changed(merchantName=None),
        changed(createdAt=None),
        changed(transactionAmount={"S": SECRET}),
        changed(transactionAmount={"N": SECRET}),
        changed(transactionAmount={"N": "1.5"}),
        changed(transactionAmount={"N": "9" * 5000}),
        changed(kickbackRate={"N": SECRET}),
        changed(kickbackRate={"N": "Infinity"}),
        changed(kickbackType={"S": SECRET}),
        changed(transactionDate={"S": SECRET}),
        changed(countChange={"N": SECRET}),
        changed(cardName={"L": [{"S": SECRET}]}),
        changed(userId=SECRET),
    ],
)
def test_c6_a_purchase_that_cannot_be_read_is_poison_and_says_why_without_its_values(item: dict[str, Any]) -> None:
    found = record_from_event(record(item=item))
    assert found.figures is None
    assert found.poison is not None
    assert found.poison.startswith("not a purchase: ")
    assert SECRET not in found.poison
    assert "9999" not in found.poison
    assert len(found.poison) < 120


def test_c6_a_purchase_without_its_image_is_poison() -> None:
    given = record()
    del given["dynamodb"]["NewImage"]
    assert record_from_event(given).poison


@pytest.mark.parametrize("identity", [TTL, TTL_OF_GET_RECORDS])
def test_c10_what_retention_removes_is_not_counted_back(identity: dict[str, str]) -> None:
    before = CHANGED_FACTS._value.get()
    found = record_from_event(record("REMOVE", userIdentity=identity))
    assert (found.figures, found.poison) == (None, None)
    assert CHANGED_FACTS._value.get() == before


@pytest.mark.parametrize(
    ("event", "more"),
    [
        ("REMOVE", {}),
        ("REMOVE", {"userIdentity": SOMEBODY}),
        ("REMOVE", {"userIdentity": None}),
        ("MODIFY", {}),
        ("MODIFY", {"userIdentity": TTL}),
    ],
)
def test_a_purchase_somebody_changed_is_told_and_not_counted(event: str, more: dict[str, Any]) -> None:
    before = CHANGED_FACTS._value.get()
    found = record_from_event(record(event, **more))
    assert (found.figures, found.poison) == (None, None)
    assert CHANGED_FACTS._value.get() == before + 1


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"not json",
        json.dumps({**record(), "dynamodb": {**record()["dynamodb"], "SequenceNumber": "x"}}).encode(),
        json.dumps({**record(), "dynamodb": {**record()["dynamodb"], "SequenceNumber": "1" * 41}}).encode(),
        json.dumps({**record(), "dynamodb": {**record()["dynamodb"], "ApproximateCreationDateTime": -1}}).encode(),
        json.dumps({**record(), "dynamodb": {**record()["dynamodb"], "ApproximateCreationDateTime": 1e300}}).encode(),
    ],
)
def test_what_is_no_record_stops_the_shard(raw: bytes) -> None:
    with pytest.raises(StoreUnavailable):
        record_of(raw)
