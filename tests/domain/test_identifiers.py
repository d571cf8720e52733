import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.card_numbers import has_card_number
from app.domain.identifiers import CATEGORY_PATTERN, ID_PATTERN, check_category, check_id
from tests.strategies import categories, ids

BAD_IDS = [
    "",
    " ",
    "a b",
    "a#b",
    "alice#CARD#x",
    "a/b",
    "a\n",
    "\na",
    "a\x00",
    "a%20b",
    "a$b",
    "é",
    "日本",
    "１",
    "a\u200bb",
    "\ud800",
    "x" * 65,
    "a,b",
    "a@b",
]


@settings(max_examples=150)
@given(ids)
def test_allowed_ids_are_returned_as_they_are(value: str) -> None:
    if has_card_number(value):
        with pytest.raises(ValueError, match="card number"):
            check_id(value)
    else:
        assert check_id(value) == value


@pytest.mark.parametrize("value", BAD_IDS)
def test_other_ids_are_refused_without_being_repeated(value: str) -> None:
    with pytest.raises(ValueError, match=r"^must be 1 to 64 characters of A-Z a-z 0-9 \. _ : -$"):
        check_id(value)


@settings(max_examples=300)
@given(st.text(max_size=70))
def test_nothing_but_the_alphabet_passes(value: str) -> None:
    allowed = 1 <= len(value) <= 64 and all(char.isascii() and (char.isalnum() or char in "._:-") for char in value)
    try:
        assert check_id(value) == value
    except ValueError:
        assert not allowed or has_card_number(value)
    else:
        assert allowed


@pytest.mark.parametrize("value", ["a", "x" * 64, "A.b_c:d-9", "...", "550e8400-e29b-41d4-a716-446655440000"])
def test_ids_at_the_limits(value: str) -> None:
    assert check_id(value) == value


@pytest.mark.parametrize("check", [check_id, check_category])
def test_a_card_number_is_no_id(check: object) -> None:
    assert callable(check)
    with pytest.raises(ValueError, match=r"^must not contain a card number$"):
        check("4111111111111111")


@settings(max_examples=100)
@given(categories)
def test_categories_are_raised(value: str) -> None:
    if not has_card_number(value):
        assert check_category(value.lower()) == value


@pytest.mark.parametrize("value", ["", "A-B", "A B", "A#B", "A.B", "ß", "ı", "ſ", "GROCERY\n", "食料品", "X" * 33])
def test_other_categories_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"^must be 1 to 32 characters of A-Z 0-9 _$"):
        check_category(value)


@settings(max_examples=200)
@given(st.one_of(ids, categories, st.sampled_from(BAD_IDS)))
def test_the_published_patterns_say_the_same(value: str) -> None:
    if has_card_number(value):
        return
    # As JSON Schema reads them: `$` is the very end.
    for check, pattern in ((check_id, ID_PATTERN), (check_category, CATEGORY_PATTERN)):
        published = re.search(pattern.replace("$", r"\Z"), value) is not None
        try:
            check(value)
        except ValueError:
            assert not published
        else:
            assert published
