import pytest
from hypothesis import given

from app.domain.card_issuers import Brand, brand_of
from app.domain.card_numbers import card_digits, has_card_number
from app.domain.card_tokens import card_face, card_number
from app.domain.personal import CardNumber
from tests.domain.test_card_numbers import FULL_WIDTH, ISSUED, NOT_ISSUED, PUBLISHED, card_numbers, with_check_digit

# Numbers that processors and brands publish for testing, written down with whose they are.
BRANDS = [
    ("4111111111111111", Brand.VISA),
    ("4222222222222", Brand.VISA),
    ("5555555555554444", Brand.MASTERCARD),
    ("2223003122003222", Brand.MASTERCARD),
    ("378282246310005", Brand.AMEX),
    ("341111111111111", Brand.AMEX),
    ("3530111333300000", Brand.JCB),
    ("30569309025904", Brand.DINERS),
    ("36227206271667", Brand.DINERS),
    ("38520000023237", Brand.DINERS),
    ("6011111111111117", Brand.DISCOVER),
    ("6200000000000005", Brand.UNIONPAY),
]
# By prefix and length, where ranges touch or overlap.
EDGES = [
    ("2221", 16, Brand.MASTERCARD),
    ("2720", 16, Brand.MASTERCARD),
    ("2721", 16, None),
    ("2220", 16, None),
    ("2200", 16, Brand.MIR),
    ("2204", 16, Brand.MIR),
    ("2205", 16, None),
    ("3527", 16, None),
    ("3528", 16, Brand.JCB),
    ("3589", 19, Brand.JCB),
    ("3590", 16, None),
    ("6010", 16, Brand.RUPAY),
    ("6011", 16, Brand.DISCOVER),
    ("6011", 15, None),
    ("6010", 17, None),
    ("644", 16, Brand.DISCOVER),
    ("6304", 16, Brand.MAESTRO),
    ("643", 16, None),
    ("6500", 16, Brand.DISCOVER),
    ("6521", 16, Brand.RUPAY),
    ("6521", 17, Brand.DISCOVER),
    ("6523", 16, Brand.DISCOVER),
    ("81", 16, Brand.UNIONPAY),
    ("9792", 16, Brand.TROY),
    ("9793", 16, None),
    ("50", 13, Brand.MAESTRO),
    ("51", 16, Brand.MASTERCARD),
    ("51", 15, None),
    ("56", 12, None),
    ("4", 15, None),
    ("34", 15, Brand.AMEX),
    ("35", 15, None),
    ("1800", 15, Brand.JCB),
    ("1800", 16, None),
]


@pytest.mark.parametrize(("number", "brand"), BRANDS)
def test_published_numbers_have_their_brand(number: str, brand: Brand) -> None:
    face = card_face(card_number(number))
    assert (face.brand, face.last_four) == (brand, number[-4:])


@pytest.mark.parametrize(("prefix", "length", "brand"), EDGES)
def test_brands_at_the_edges_of_their_ranges(prefix: str, length: int, brand: Brand | None) -> None:
    assert brand_of(prefix.ljust(length, "0")) == brand


@pytest.mark.parametrize(("issuer", "prefix", "length"), ISSUED)
def test_every_issuer_has_a_brand(issuer: str, prefix: str, length: int) -> None:
    brand = brand_of(with_check_digit(prefix.ljust(length - 1, "0")))
    assert brand is not None
    assert issuer.upper().replace(" ", "").startswith(brand.value[:2])


@pytest.mark.parametrize("number", PUBLISHED)
@pytest.mark.parametrize("separator", ["", " ", "-", " - ", "\u3000"])
def test_a_number_may_be_written_in_groups_and_in_any_digits(number: str, separator: str) -> None:
    written = separator.join(number[start : start + 4] for start in range(0, len(number), 4))
    assert card_digits(written) == card_digits(written.translate(FULL_WIDTH)) == number


@pytest.mark.parametrize(
    "text",
    [
        *NOT_ISSUED,
        "",
        " 4111111111111111",
        "4111111111111111 ",
        "4111111111111111\n",
        "No 4111111111111111",
        "4111.1111.1111.1111",
        "4111111111111111 5555555555554444",
        "4111111111111111" + " " * 64,
        "4" + " " * 100_000,
    ],
)
def test_what_is_no_card_number_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="must be a card number") as raised:
        card_number(text)
    assert "4111" not in str(raised.value)


@given(card_numbers())
def test_what_is_taken_as_a_number_is_refused_everywhere_else(number: str) -> None:
    assert has_card_number(card_number(number).reveal())


def test_a_number_that_nobody_issues_has_no_face() -> None:
    with pytest.raises(ValueError, match="issues"):
        card_face(CardNumber("9" * 16))
