"""What lists read of DynamoDB's bytes, and what they send."""

from typing import Any

import msgspec
import pytest

from app.store.purchase_codec import purchase_item
from app.store.purchase_lines import LINES, line_of
from tests.purchases import purchase


def sent(**changed: Any) -> dict[str, Any]:
    """What a client reads of the example purchase with these attributes."""
    return dict(msgspec.json.decode(sent_bytes(**changed)))


def sent_bytes(**changed: Any) -> bytes:
    item = {**purchase_item(purchase(), category_shards=1, card_shards=1), **changed}
    answer = LINES.decode(msgspec.json.encode({"Items": [item]}))
    return msgspec.json.encode(line_of(answer.Items[0]))


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("0", 0),
        ("-5", -5),
        ("9" * 38, 10**38 - 1),
        ("-" + "9" * 38, 1 - 10**38),
        ("18446744073709551616", 2**64),
        ("1E+3", 1000),
    ],
)
def test_amounts_of_any_size_are_shown_as_numbers(stored: str, shown: int) -> None:
    assert sent(transactionAmount={"N": stored}, kickbackAmount={"N": stored}) == {
        **sent(),
        "transactionAmount": shown,
        "kickbackAmount": shown,
    }


@pytest.mark.parametrize("rate", ["0", "1", "0.000001", "0.1", "0.123456"])
def test_a_rate_is_shown_digit_by_digit(rate: str) -> None:
    assert f'"kickbackRate":{rate},'.encode() in sent_bytes(kickbackRate={"N": rate})


@pytest.mark.parametrize("name", ["cardName", "description", "channel", "occurredAt", "reversalId", "reason"])
def test_empty_is_shown_and_absent_is_not(name: str) -> None:
    assert sent(**{name: {"S": ""}})[name] == ""
    item = purchase_item(purchase(card_name=None, description=None), category_shards=1, card_shards=1)
    row = LINES.decode(msgspec.json.encode({"Items": [item]})).Items[0]
    assert name.encode() not in msgspec.json.encode(line_of(row))


@pytest.mark.parametrize(
    "changed",
    [
        {"cardName": {"NULL": True}},
        {"cardName": {"N": "1"}},
        {"merchantName": {"S": None}},
        {"transactionAmount": {"N": "half"}},
        {"transactionAmount": {"N": "0.5"}},
        {"kickbackAmount": {"S": "5"}},
        {"userId": {}},
    ],
)
def test_what_is_not_as_it_was_written_is_not_shown_at_all(changed: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        sent(**changed)
