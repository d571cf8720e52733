import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.cursors import Cursors
from app.api.problems import CURSOR_INVALID, Problem
from app.crypto.pseudonyms import CursorCipher

NOW, TTL = 1_700_000_000, 86_400
BINDING = ["", "/users/{id}/kickbacks", "id=user123", "limit=50"]
POSITION = ("2023-05-01", "txn001")
SECRET, OTHER_SECRET = b"one secret", b"another secret"

positions = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5).map(tuple)
bindings = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=5)


def cursors(*secrets: bytes, now: int = NOW) -> Cursors:
    return Cursors(secrets or (SECRET,), TTL, lambda: now)


def refused(cursor: str, binding: list[str] = BINDING, by: Cursors | None = None) -> bool:
    """Whether the answer is CURSOR_INVALID, in fixed words. Any other error is raised."""
    try:
        (by or cursors()).open(binding, cursor)
    except Problem as problem:
        if problem.kind is not CURSOR_INVALID:
            raise
        return problem.detail == "Start again without a cursor."
    return False


@settings(max_examples=150)
@given(bindings, positions)
def test_a_position_comes_back(binding: list[str], position: tuple[str, ...]) -> None:
    assert cursors().open(binding, cursors().seal(binding, position)) == position


@settings(max_examples=150)
@given(positions)
def test_what_is_inside_is_written_as_it_always_was(position: tuple[str, ...]) -> None:
    cursor = cursors().seal(BINDING, position)
    inside = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    expected = json.dumps([1, NOW + TTL, *position], separators=(",", ":"), ensure_ascii=False)
    assert inside[:-16].decode() == expected


def test_one_that_an_older_instance_sealed_is_opened() -> None:
    binding = ["", "/users/{id}/kickbacks", "id=user123", "名=値"]
    position = ("2023-05-01", '店\n"\\\x7f/\u2028')
    older = "WzEsMTcwMDA4NjQwMCwiMjAyMy0wNS0wMSIsIuW6l1xuXCJcXH8v4oCoIl1mu56nyIVTeLlBRIMYXoIs"
    assert cursors().open(binding, older) == position
    assert cursors().seal(binding, position) == older


def test_every_flipped_bit_is_refused() -> None:
    sealed = bytearray(cursors().seal(BINDING, POSITION).encode())
    for bit in range(8 * len(sealed)):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        assert refused(flipped.decode("latin-1")), bit


def test_every_flipped_bit_of_what_is_inside_is_refused() -> None:
    cursor = cursors().seal(BINDING, POSITION)
    inside = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for bit in range(8 * len(inside)):
        flipped = bytearray(inside)
        flipped[bit // 8] ^= 1 << bit % 8
        assert refused(base64.urlsafe_b64encode(flipped).rstrip(b"=").decode()), bit


def test_every_cut_and_every_addition_is_refused() -> None:
    cursor = cursors().seal(BINDING, POSITION)
    for length in range(len(cursor)):
        assert refused(cursor[:length])
        assert refused(cursor[length + 1 :])
    for more in ("A", "=", "==", " ", "\n", "\x00", "AAAA", ".", "あ"):
        assert refused(cursor + more)
        assert refused(more + cursor)


@settings(max_examples=200)
@given(
    st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="))
)
def test_anything_else_is_refused(cursor: str) -> None:
    assert refused(cursor)


@pytest.mark.parametrize(
    "other",
    [
        ["", "/users/{id}/kickbacks", "id=user124", "limit=50"],
        ["", "/users/{id}/kickbacks", "id=user123", "limit=51"],
        ["", "/users/{id}/kickbacks", "id=user123"],
        ["", "/users/{id}/kickbacks", "id=user123", "limit=50", "type=POINT"],
        ["", "/users/{id}/kickbacks", "id=user123limit=50"],
        ["", "/users/{id}/kickbacks", "limit=50", "id=user123"],
        ["somebody", "/users/{id}/kickbacks", "id=user123", "limit=50"],
        ["", "/cards/{cardId}/transactions", "id=user123", "limit=50"],
        [],
    ],
)
def test_it_is_good_only_for_what_it_was_made_for(other: list[str]) -> None:
    assert refused(cursors().seal(BINDING, POSITION), other)
    assert refused(cursors().seal(other, POSITION), BINDING)


@settings(max_examples=150)
@given(bindings, bindings)
def test_two_bindings_share_no_cursor(one: list[str], other: list[str]) -> None:
    assert refused(cursors().seal(one, POSITION), other) == (one != other)


def test_it_expires() -> None:
    cursor = cursors().seal(BINDING, POSITION)
    assert not refused(cursor, by=cursors(now=NOW + TTL - 1))
    assert refused(cursor, by=cursors(now=NOW + TTL))


def test_another_secret_refuses_it() -> None:
    assert refused(cursors(SECRET).seal(BINDING, POSITION), by=cursors(OTHER_SECRET))


def test_a_secret_can_be_replaced_without_breaking_walks() -> None:
    old, both, new = cursors(SECRET), cursors(OTHER_SECRET, SECRET), cursors(OTHER_SECRET)
    assert both.open(BINDING, old.seal(BINDING, POSITION)) == POSITION
    assert new.open(BINDING, both.seal(BINDING, POSITION)) == POSITION  # the first signs
    assert refused(old.seal(BINDING, POSITION), by=new)
    assert refused(both.seal(BINDING, POSITION), by=old)


def test_another_version_is_refused(monkeypatch: Any) -> None:
    monkeypatch.setattr("app.api.cursors._VERSION", 2)
    later = cursors().seal(BINDING, POSITION)
    monkeypatch.undo()
    assert refused(later)


@pytest.mark.parametrize(
    ("longest", "most"),
    [
        (("15", "2023-05-01", "u" * 64, "t" * 64), 1024),
        (("9" * 24, "😀" * 256, "9" * 9, "9" * 9), 2048),
        (("9" * 24, '"' * 256, "9" * 9, "9" * 9), 2048),
    ],
    ids=["purchase", "merchant", "quotes"],
)
def test_a_cursor_is_short_and_safe_in_an_address(longest: tuple[str, ...], most: int) -> None:
    cursor = cursors().seal(BINDING, longest)
    assert len(cursor) <= most
    assert cursors().open(BINDING, cursor) == longest
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def concealed(secret: bytes = b"secret", now: int = NOW) -> Cursors:
    return Cursors((SECRET,), TTL, lambda: now, CursorCipher(secret))


@settings(max_examples=100)
@given(bindings, positions)
def test_a_concealed_position_comes_back(binding: list[str], position: tuple[str, ...]) -> None:
    assert concealed().open(binding, concealed().seal(binding, position)) == position


def test_what_is_concealed_does_not_show() -> None:
    plain, hidden = (base64.urlsafe_b64decode(one.seal(BINDING, POSITION) + "===") for one in (cursors(), concealed()))
    assert b"txn001" in plain
    assert b"txn" not in hidden
    assert b"2023" not in hidden


def test_a_concealed_cursor_is_good_where_the_same_secret_is_only() -> None:
    cursor = concealed().seal(BINDING, POSITION)
    assert refused(cursor)
    assert refused(cursor, by=concealed(b"another"))
    assert refused(cursors().seal(BINDING, POSITION), by=concealed())
    assert refused(cursor, binding=["user:taro", *BINDING[1:]], by=concealed())
    assert refused(cursor, by=concealed(now=NOW + TTL))
    assert concealed(now=NOW + TTL - 1).open(BINDING, cursor) == POSITION


def test_the_longest_position_makes_a_cursor_that_is_accepted() -> None:
    """Of a ranking by merchant: the name takes 1,024 bytes."""
    position = ("9" * 38, "\U0001f6d2" * 256, "999999", "999999")
    assert len(concealed().seal(BINDING, position)) <= 2048
