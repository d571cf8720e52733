"""Card numbers as the vault takes them, and what of one may be shown beside its token."""

from dataclasses import dataclass

from app.domain.card_issuers import Brand, brand_of
from app.domain.card_numbers import card_digits
from app.domain.personal import CardNumber

_SHOWN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class CardFace:
    """What of a number may be shown: whose it is, and its last four digits."""

    brand: Brand
    last_four: str


def card_number(text: str) -> CardNumber:
    """Raises ValueError with a fixed text where the text is no card number and nothing else."""
    return CardNumber(card_digits(text))


def card_face(number: CardNumber) -> CardFace:
    """Raises ValueError for a number that `card_number` had refused."""
    digits = number.reveal()
    brand = brand_of(digits)
    if brand is None:
        raise ValueError("nobody issues such numbers")
    return CardFace(brand, digits[-_SHOWN_DIGITS:])
