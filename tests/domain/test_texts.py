import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.card_numbers import has_card_number
from app.domain.texts import MAX_TEXT_LENGTH, REFUSED_CHARACTERS, clean_name, clean_text

CONTROLS = ["\x00", "\n", "\r", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\udfff"]
OVERRIDES = list("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize("control", [*CONTROLS, *OVERRIDES])
@pytest.mark.parametrize("text", ["{}", "a{}", "{}b", "店{}店"])
def test_control_characters_are_refused_without_being_repeated(control: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^must not contain control characters$"):
        clean_text(text.format(control))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("", ""),
        ("スーパーマーケットA", "スーパーマーケットA"),
        ("か\u3099", "が"),
        ("e\u0301", "é"),
        ("\u212b", "\u00c5"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("👩‍👩‍👧 𠮷野家", "👩‍👩‍👧 𠮷野家"),
        ("ｶﾞ Ａ ①", "ｶﾞ Ａ ①"),  # NFC, not NFKC: compatibility forms stay
        (" a ", " a "),
        ("<img onerror=x> =1+1", "<img onerror=x> =1+1"),
    ],
)
def test_texts_are_kept_in_nfc(sent: str, kept: str) -> None:
    assert clean_text(sent) == kept


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * 256, 256),
        ("𠮷" * 256, 256),
        ("か\u3099" * 256, 256),
        ("\u03b1\u0313\u0300\u0345" * 256, 256),  # the longest there is: four become one
    ],
)
def test_256_characters_count_after_normalising(text: str, length: int) -> None:
    assert len(clean_text(text)) == length


@pytest.mark.parametrize("text", ["a" * 257, "か\u3099" * 257, "\u0958" * 129, "a" * 1025, "a" * 100_000])
def test_more_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be at most 256 characters$"):
        clean_text(text)


def test_no_other_characters_are_refused_of_all_there_are() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    refused = {char for char in everything if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}}
    assert set(REFUSED_CHARACTERS.findall(everything)) == refused | set(OVERRIDES)


def refusal_of(text: str) -> str | None:
    if any(char in OVERRIDES or unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):
        return "must not contain control characters"
    if len(unicodedata.normalize("NFC", text)) > MAX_TEXT_LENGTH:
        return "must be at most 256 characters"
    return "must not contain a card number" if has_card_number(unicodedata.normalize("NFC", text)) else None


@settings(max_examples=200)
@given(st.text(max_size=300) | st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=300))
def test_any_text_is_cleaned_or_refused(text: str) -> None:
    reason = refusal_of(text)
    if reason is not None:
        with pytest.raises(ValueError, match=rf"^{reason}$"):
            clean_text(text)
        return
    clean = clean_text(text)
    assert clean == unicodedata.normalize("NFC", text)
    assert clean_text(clean) == clean
    assert len(clean) <= MAX_TEXT_LENGTH
    assert not has_card_number(clean)
    assert not {unicodedata.category(char) for char in clean} & {"Cc", "Cs", "Zl", "Zp"}


def test_a_card_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^must not contain a card number$"):
        clean_text("ご利用 4111 1111 1111 1111 様")


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u00a0\u2003"])
def test_a_name_is_not_blank(blank: str) -> None:
    assert clean_text(blank) == blank
    with pytest.raises(ValueError, match=r"^must not be blank$"):
        clean_name(blank)


def test_a_name_is_kept() -> None:
    assert clean_name(" が ") == " が "
