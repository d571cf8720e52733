import re
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.card_numbers import has_card_number, refuse_card_number

# Issuer, a prefix, the length: written down again here, so that a slip in the table is seen.
ISSUED = [
    ("Visa", "4", 13),
    ("Visa", "4539", 16),
    ("Visa", "4", 19),
    ("Mastercard", "51", 16),
    ("Mastercard", "55", 16),
    ("Mastercard", "2221", 16),
    ("Mastercard", "2720", 16),
    ("American Express", "34", 15),
    ("American Express", "37", 15),
    ("JCB", "3528", 16),
    ("JCB", "3589", 16),
    ("Diners Club", "300", 14),
    ("Diners Club", "305", 14),
    ("Diners Club", "36", 14),
    ("Diners Club", "39", 16),
    ("Discover", "6011", 16),
    ("Discover", "644", 16),
    ("Discover", "65", 16),
    ("UnionPay", "62", 16),
    ("UnionPay", "62", 19),
    ("RuPay", "60", 16),
    ("Mir", "2200", 16),
    ("Troy", "9792", 16),
    ("Maestro", "50", 13),
    ("Maestro", "6304", 19),
]
# Test numbers that processors publish.
PUBLISHED = [
    "4111111111111111",
    "4222222222222",
    "4012888888881881",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "3530111333300000",
    "30569309025904",
    "38520000023237",
    "36227206271667",
    "6011111111111117",
    "6011000990139424",
    "6200000000000005",
]
# Long numbers of other kinds: nobody's card.
NOT_ISSUED = [
    "4111111111111112",  # fails the check digit
    "411111111111116",  # passes it, but nobody issues 15 digits under 4
    "1234567812345670",  # passes it, but the prefix is nobody's
    "0000000000000000",
    "4" + "0" * 11,  # too short
    "4000000000000000000" + "6",  # too long
    "20230501213456",
    "9999999999999995",
]
digits = st.integers(0, 9).map(str)
separators = st.sampled_from(
    ["", "", " ", "-", "  ", " - ", "\u00a0", "\u2009", "\u3000", "\u2010", "\u2013", "\u2212"]
)
FULL_WIDTH = str.maketrans("0123456789", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19")
ARABIC = str.maketrans("0123456789", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669")


def with_check_digit(payload: str) -> str:
    """ISO/IEC 7812-1: every second digit from the right doubled, digit sums added, up to a multiple of ten."""
    doubled = [int(char) * 2 if place % 2 == 0 else int(char) for place, char in enumerate(reversed(payload))]
    return payload + str(-sum(sum(divmod(value, 10)) for value in doubled) % 10)


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    _, prefix, length = draw(st.sampled_from(ISSUED))
    rest = draw(st.lists(digits, min_size=length - len(prefix) - 1, max_size=length - len(prefix) - 1))
    return with_check_digit(prefix + "".join(rest))


@pytest.mark.parametrize("number", PUBLISHED)
def test_published_test_numbers_are_found(number: str) -> None:
    assert has_card_number(number)


@pytest.mark.parametrize(("issuer", "prefix", "length"), ISSUED)
def test_every_issuers_first_number_is_found(issuer: str, prefix: str, length: int) -> None:
    assert has_card_number(with_check_digit(prefix.ljust(length - 1, "0"))), issuer


@pytest.mark.parametrize("number", NOT_ISSUED)
def test_other_numbers_are_not(number: str) -> None:
    assert not has_card_number(number)


@settings(max_examples=150)
@given(card_numbers(), st.data())
def test_separators_hide_nothing(number: str, data: st.DataObject) -> None:
    gaps = data.draw(st.lists(separators, min_size=len(number), max_size=len(number)))
    assert has_card_number("".join(digit + gap for digit, gap in zip(number, gaps, strict=True)))


@settings(max_examples=100)
@given(card_numbers(), st.sampled_from([FULL_WIDTH, ARABIC]))
def test_other_scripts_digits_hide_nothing(number: str, script: dict[int, int]) -> None:
    assert has_card_number(number.translate(script))
    assert has_card_number(number[:4] + number[4:].translate(script))


@settings(max_examples=100)
@given(
    card_numbers(),
    st.sampled_from(["", "card ", "カード:", "2023-05-01 ", "12 ", "(", "#", "_", ".", "x "]),
    st.sampled_from(["", " end", "。", ")", " 12", "-1", ".", "_", " 0000"]),
)
def test_text_and_other_numbers_around_it_hide_nothing(number: str, before: str, after: str) -> None:
    assert has_card_number(before + number + after)


@settings(max_examples=100)
@given(card_numbers(), st.sampled_from(["a", "Z", "é", "日", "x"]))
def test_part_of_a_longer_word_is_something_else(number: str, letter: str) -> None:
    assert not has_card_number(letter + number)
    assert not has_card_number(number + letter)
    assert has_card_number(f"{letter} {number} {letter}")


@settings(max_examples=100)
@given(st.text("0123456789", min_size=20, max_size=60))
def test_part_of_a_longer_number_is_something_else(number: str) -> None:
    assert not has_card_number(number)


@settings(max_examples=150)
@given(
    st.text("0123456789", min_size=1, max_size=12), st.text(max_size=30).filter(lambda text: not re.search(r"\d", text))
)
def test_too_few_digits_are_never_refused(number: str, text: str) -> None:
    assert refuse_card_number(text + number) == text + number


@settings(max_examples=50)
@given(card_numbers())
def test_one_wrong_digit_or_two_neighbours_exchanged_is_no_card_number(number: str) -> None:
    last = str((int(number[-1]) + 1) % 10)
    assert not has_card_number(number[:-1] + last)


@settings(max_examples=50)
@given(card_numbers())
def test_the_message_never_repeats_it(number: str) -> None:
    with pytest.raises(ValueError, match=r"^must not contain a card number$") as raised:
        refuse_card_number(f"my card {number}")
    assert number not in repr(raised.value)


def test_no_script_hides_a_number() -> None:
    zeros = [point for point in range(sys.maxunicode) if unicodedata.decimal(chr(point), None) == 0]
    assert len(zeros) > 60
    for zero in zeros:
        spelled = {ord("0") + digit: zero + digit for digit in range(10)}
        assert has_card_number("4222222222222".translate(spelled))  # the shortest there is
        assert has_card_number("店 4111 1111 1111 1111".translate(spelled))
        assert not has_card_number("店 4111 1111 1111 1112".translate(spelled))
