"""Kickback rates, exactly: an integer number of millionths, so that no float ever touches money."""

from decimal import Decimal
from functools import lru_cache

MILLION = 1_000_000
_MILLIONTH = Decimal("0.000001")


def rate_millionths(rate: Decimal) -> int:
    """0.01 -> 10000. Raises ValueError unless the rate is 0 to 1 with at most 6 decimals."""
    if not rate.is_finite() or not 0 <= rate <= 1:
        raise ValueError("must be a rate from 0 to 1")
    rounded = rate.quantize(_MILLIONTH)
    if rounded != rate:
        raise ValueError("must have at most 6 decimals")
    return int(rounded.scaleb(6))


def kickback_of(amount_minor: int, millionths: int) -> int:
    """Amount times rate, rounded down to a whole unit: 5000 at 10000 millionths -> 50."""
    return amount_minor * millionths // MILLION


def ratio_millionths(part: int, whole: int) -> int | None:
    """part / whole in millionths, half to even; None when whole is 0 (a rate of nothing is unknown)."""
    if whole == 0:
        return None
    if whole < 0:
        part, whole = -part, -whole
    ratio, rest = divmod(part * MILLION, whole)
    return ratio + (rest * 2 > whole or (rest * 2 == whole and ratio % 2 == 1))


@lru_cache(maxsize=1024)
def rate_text(millionths: int) -> str:
    """The shortest exact decimal: 10000 -> '0.01', 0 -> '0', 1000000 -> '1'."""
    sign = "-" if millionths < 0 else ""
    whole, fraction = divmod(abs(millionths), MILLION)
    return f"{sign}{whole}.{fraction:06d}".rstrip("0").rstrip(".") if fraction else f"{sign}{whole}"


def parse_rate_text(text: str) -> int:
    """The inverse of rate_text, for what was stored."""
    return int(Decimal(text).scaleb(6))
