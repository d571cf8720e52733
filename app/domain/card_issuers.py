"""Who issues a card number: the brands' published ranges (ISO/IEC 7812 issuer identification numbers)."""

from enum import StrEnum


class Brand(StrEnum):
    """Stored and shown; renaming a member is a migration."""

    VISA = "VISA"
    MASTERCARD = "MASTERCARD"
    AMEX = "AMEX"
    JCB = "JCB"
    DINERS = "DINERS"
    DISCOVER = "DISCOVER"
    RUPAY = "RUPAY"
    UNIONPAY = "UNIONPAY"
    MIR = "MIR"
    TROY = "TROY"
    MAESTRO = "MAESTRO"


# (lowest prefix, highest prefix, lengths, brand). Both prefixes of a row have the same number of digits. Where rows
# overlap the first one counts: brands share ranges, by agreements under which one accepts the other's cards.
_RANGES: tuple[tuple[int, int, tuple[int, ...], Brand], ...] = (
    (4, 4, (13, 16, 19), Brand.VISA),
    (51, 55, (16,), Brand.MASTERCARD),
    (2221, 2720, (16,), Brand.MASTERCARD),
    (34, 34, (15,), Brand.AMEX),
    (37, 37, (15,), Brand.AMEX),
    (3528, 3589, (16, 17, 18, 19), Brand.JCB),
    (2131, 2131, (15,), Brand.JCB),  # old
    (1800, 1800, (15,), Brand.JCB),  # old
    (300, 305, (14, 16, 17, 18, 19), Brand.DINERS),
    (3095, 3095, (14, 16, 17, 18, 19), Brand.DINERS),
    (36, 36, (14, 15, 16, 17, 18, 19), Brand.DINERS),
    (38, 39, (14, 16, 17, 18, 19), Brand.DINERS),
    (6011, 6011, (16, 17, 18, 19), Brand.DISCOVER),
    (644, 649, (16, 17, 18, 19), Brand.DISCOVER),
    (6521, 6522, (16,), Brand.RUPAY),
    (65, 65, (16, 17, 18, 19), Brand.DISCOVER),  # and Troy's cards outside Turkey
    (60, 60, (16,), Brand.RUPAY),
    (62, 62, (16, 17, 18, 19), Brand.UNIONPAY),
    (81, 82, (16, 17, 18, 19), Brand.UNIONPAY),  # and RuPay
    (2200, 2204, (16,), Brand.MIR),
    (9792, 9792, (16,), Brand.TROY),
    (50, 50, (13, 14, 15, 16, 17, 18, 19), Brand.MAESTRO),
    (56, 58, (13, 14, 15, 16, 17, 18, 19), Brand.MAESTRO),
    (6304, 6304, (13, 14, 15, 16, 17, 18, 19), Brand.MAESTRO),
    (639, 639, (13, 14, 15, 16, 17, 18, 19), Brand.MAESTRO),
    (67, 67, (13, 14, 15, 16, 17, 18, 19), Brand.MAESTRO),
)


def brand_of(digits: str) -> Brand | None:
    """Whose number has this prefix and length; None where nobody issues such numbers."""
    for low, high, lengths, brand in _RANGES:
        if len(digits) in lengths and low <= int(digits[: len(str(low))]) <= high:
            return brand
    return None
