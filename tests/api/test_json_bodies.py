import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.json_bodies import MAX_DIGITS, MAX_FIELDS, MAX_PARTS, NotJson, parse_json

CORPUS: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  \n",
    "not a number": b'{"a": NaN}',
    "infinity": b'{"a": Infinity}',
    "minus infinity": b'{"a": -Infinity}',
    "hexadecimal": b'{"a": 0x10}',
    "underscore": b'{"a": 1_000}',
    "leading zero": b'{"a": 007}',
    "plus": b'{"a": +1}',
    "bare point": b'{"a": .5}',
    "trailing point": b'{"a": 5.}',
    "full-width digits": '{"a": １２}'.encode(),
    "single quotes": b"{'a': 1}",
    "trailing comma": b'{"a": 1,}',
    "comment": b'{"a": 1} // b',
    "two values": b"{}{}",
    "repeated field": b'{"a": 1, "a": 1}',
    "repeated field, spelled otherwise": b'{"a": 1, "\\u0061": 2}',
    "repeated field, further down": b'[{"b": {"a": 1, "a": 2}}]',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and closed": b"[" * 50_000 + b"]" * 50_000,
    "thousands of digits": b"9" * 5_000,
    "byte order mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "invalid utf-8": b'{"a": "\xff"}',
    "overlong utf-8": b'{"a": "\xc0\x80"}',
    "a surrogate in utf-8": b'{"a": "\xed\xa0\x80"}',
    "cut utf-8": b'{"a": "\xe3\x81"}',
    "a raw control character": b'{"a": "\x00"}',
    "a raw line feed": b'{"a": "\n"}',
    "NUL": b"\x00",
    "an enormous exponent": b'{"a": 1e99999999999999999999}',
    "an enormous negative exponent": b'{"a": 1e-99999999999999999999}',
}
DETAILS = {
    "must be JSON",
    "must be UTF-8",
    "must not be nested that deeply",
    "must not contain NaN or Infinity",
    "must not repeat a field",
    "must not have so many parts",
    "must not have so many fields",
}
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("body", CORPUS.values(), ids=list(CORPUS))
def test_what_is_not_strictly_json_is_refused_with_a_fixed_text(body: bytes) -> None:
    with pytest.raises(NotJson) as raised:
        parse_json(body)
    assert raised.value.detail in DETAILS
    assert raised.value.doc == ""  # nothing of the body hangs on the error


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"null", None),
        (b"-0", 0),
        (b"1e400", Decimal("1e400")),
        (b"1e3", Decimal(1000)),
        (b"0.1", Decimal("0.1")),
        (b"0.010", Decimal("0.010")),
        (b"12345678901234567.000001", Decimal("12345678901234567.000001")),
        (b'"\\ud83d\\ude00"', "😀"),
        ('"😀が"'.encode(), "😀が"),
        (b' {"a" : [true, false, {}]} ', {"a": [True, False, {}]}),
    ],
)
def test_values_are_read_exactly(body: bytes, value: Any) -> None:
    parsed = parse_json(body)
    assert parsed == value
    assert type(parsed) is type(value)


def _list(part: bytes, times: int) -> bytes:
    return b"[" + b",".join([part] * times) + b"]"


def _fields(times: int) -> bytes:
    return b"{" + b",".join(b'"f%d":1' % number for number in range(times)) + b"}"


@pytest.mark.parametrize(
    ("fits", "too_much", "detail"),
    [
        (_list(b"1", MAX_PARTS), _list(b"1", MAX_PARTS + 1), "must not have so many parts"),
        (_list(b"1.5", MAX_PARTS), _list(b"1.5", 2 * MAX_PARTS), "must not have so many parts"),
        (_list(b"{}", MAX_PARTS // 2), _list(b"{}", MAX_PARTS), "must not have so many parts"),
        (_list(b"[[[]]]", MAX_PARTS // 4), _list(b"[[[]]]", MAX_PARTS // 2), "must not have so many parts"),
        (b'["' + b"," * (MAX_PARTS - 1) + b'"]', b'["' + b"," * MAX_PARTS + b'"]', "must not have so many parts"),
        (_fields(MAX_FIELDS), _fields(MAX_FIELDS + 1), "must not have so many fields"),
        (b"1" * MAX_DIGITS, b"1" * (MAX_DIGITS + 1), "must be JSON"),
        (b"-" + b"1" * (MAX_DIGITS - 1), b"-" + b"1" * MAX_DIGITS, "must be JSON"),
    ],
    ids=["whole numbers", "fractions", "objects", "lists", "a text", "fields", "digits", "digits below zero"],
)
def test_what_takes_long_to_read_is_refused(fits: bytes, too_much: bytes, detail: str) -> None:
    assert json.loads(fits) == parse_json(fits)
    with pytest.raises(NotJson) as raised:
        parse_json(too_much)
    assert raised.value.detail == detail


@settings(max_examples=100)
@given(values)
def test_json_is_read_as_what_was_written(value: Any) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@settings(max_examples=100)
@given(st.decimals(allow_nan=False, allow_infinity=False).filter(lambda number: "." in str(number)))
def test_fractions_never_pass_through_a_float(number: Decimal) -> None:
    assert parse_json(str(number).encode()).as_tuple() == number.as_tuple()


@settings(max_examples=300)
@given(st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_bytes_are_json_or_refused(body: bytes) -> None:
    details = set[str]()
    try:
        parse_json(body)
    except NotJson as error:
        details.add(error.detail)
    assert details <= DETAILS
