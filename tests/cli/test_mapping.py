import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.cli.importing.expressions import Context
from app.cli.importing.functions import RowInvalid
from app.cli.importing.mapping import Converter, MappingFile, MappingInvalid, build_converter, read_mapping

CONTEXT = Context(ZoneInfo("Asia/Tokyo"), b"secret")
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "card_transactions.toml"


def converter(maps: dict[str, str] | None = None, sets: dict[str, str] | None = None) -> Converter:
    return build_converter(MappingFile(map=maps or {}, set=sets or {}), CONTEXT)


def body(one: Converter, row: dict[str, Any], number: int = 1) -> Any:
    return json.loads(one.body(row, number))


def test_without_a_mapping_columns_with_a_fields_name_are_taken() -> None:
    row = {"transactionId": "t1", "transactionAmount": "500", "kickbackRate": "0.010", "createdAt": "x", "cardName": ""}
    assert body(converter(), row) == {"transactionId": "t1", "transactionAmount": 500, "kickbackRate": "0.010"}


def test_with_a_mapping_only_what_it_names_is_taken() -> None:
    one = converter({"transactionId": "id"}, {"kickbackType": "POINT"})
    assert body(one, {"id": "t1", "userId": "u1"}) == {"transactionId": "t1", "kickbackType": "POINT"}


def test_an_amount_that_is_no_whole_number_is_left_for_the_service_to_refuse() -> None:
    assert body(converter(), {"transactionId": "t1", "transactionAmount": "1.5"})["transactionAmount"] == "1.5"


def test_a_card_number_is_never_sent() -> None:
    for row in ({"description": "paid with 4111 1111 1111 1111"}, {"cardId": "4111111111111111"}):
        with pytest.raises(RowInvalid, match="hmac") as caught:
            converter().body(row, 1)
        assert "1111" not in str(caught.value)


def test_a_row_without_an_id_gets_one_of_its_place_and_content() -> None:
    one = converter()
    ids = {body(one, {"userId": user}, number)["transactionId"] for user in ("a", "b") for number in (1, 2)}
    assert len(ids) == 4
    assert body(one, {"userId": "a"}, 1)["transactionId"] in ids


def test_half_a_character_is_the_rows_fault() -> None:
    with pytest.raises(RowInvalid, match="Unicode"):
        converter().body({"transactionId": "t1", "description": "\ud800"}, 1)


@pytest.mark.parametrize("maps", [{"unknown": "a"}, {"userId": "nothing("}])
def test_a_wrong_mapping_is_told(maps: dict[str, str]) -> None:
    with pytest.raises(MappingInvalid, match=next(iter(maps))):
        converter(maps)


def test_the_fingerprint_tells_mappings_and_keys_apart() -> None:
    mapping = MappingFile(map={"userId": "hmac(a)"})
    other = MappingFile(map={"userId": "hmac(b)"})
    made = [build_converter(one, Context(None, key)).fingerprint for one in (mapping, other) for key in (b"1", b"2")]
    assert len(set(made)) == 4
    assert build_converter(mapping, Context(None, b"1")).fingerprint == made[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.toml", "[map]\nuserId = 3"),
        ("m.toml", "[maps]\nuserId = 'a'"),
        ("m.toml", "not toml"),
        ("m.json", "{"),
        ("m.json", "[]"),
    ],
)
def test_a_wrong_mapping_file_is_told(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(MappingInvalid, match=name):
        read_mapping(path)


def test_json_has_the_same_shape(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text('{"timezone": "UTC", "map": {"userId": "a"}, "set": {"kickbackType": "MILE"}}')
    assert read_mapping(path) == MappingFile(timezone="UTC", map={"userId": "a"}, set={"kickbackType": "MILE"})


def test_the_example() -> None:
    row = {
        "trans_num": "2da90c7d74bd46a0caf3777415b3ebd3",
        "trans_date_trans_time": "2020-06-21 23:59:59",
        "cc_num": "4111111111111111",
        "merchant": "fraud_Kirlin and Sons",
        "category": "grocery_net",
        "amt": "2.86",
        "first": "Jeff",
        "last": "Elliott",
        "city": "Columbia",
        "state": "SC",
        "unix_time": "1371816865",
    }
    one = build_converter(read_mapping(EXAMPLE), CONTEXT)
    made = body(one, row)
    assert one.columns <= row.keys()
    assert "Elliott" not in str(made)
    assert len(made.pop("userId")) == len(made.pop("cardId")) == 32
    assert made == {
        "transactionId": "2da90c7d74bd46a0caf3777415b3ebd3",
        "occurredAt": "2020-06-21T23:59:59+09:00",
        "merchantName": "Kirlin and Sons",
        "category": "GROCERY_NET",
        "channel": "ONLINE",
        "transactionAmount": 286,
        "kickbackType": "POINT",
        "kickbackRate": "0.01",
    }
