"""Lots and allocations as one short text, because every entry repeats all open lots and capacity is paid by the byte.

    PURCHASE@2023-10-28:50,+1:30/45,+3:20,BENEFIT:signup@NEVER:100,DEFICIT:-4

`source@last day:amount`, where the source is that of the one before `+days since its last day:amount`; behind `/` what
a lot had earned where that is not what remains. Lots stand in the order in which they are used.
"""

from collections.abc import Iterable
from datetime import date

from app.domain.lots import DEFICIT, Allocation, Lot

_NEVER = "NEVER"


def lots_text(lots: Iterable[Lot]) -> str:
    """Open lots."""
    return _placed(
        [
            (x.source, x.expires_on, x.remaining if x.remaining == x.earned else f"{x.remaining}/{x.earned}")
            for x in lots
        ]
    )


def lots_of_text(text: str) -> tuple[Lot, ...]:
    """The inverse. Raises ValueError."""
    lots = []
    for source, expires_on, amounts in _read(text):
        remaining, _, earned = amounts.partition("/")
        left = int(remaining)
        lots.append(Lot(source, expires_on, int(earned) if earned else left, left))
    return tuple(lots)


def allocations_text(allocations: Iterable[Allocation]) -> str:
    """What went where."""
    return _placed([(one.source, one.expires_on, one.amount) for one in allocations])


def allocations_of_text(text: str) -> tuple[Allocation, ...]:
    """The inverse. Raises ValueError."""
    return tuple([Allocation(source, expires_on, int(amount)) for source, expires_on, amount in _read(text)])


def _placed(parts: Iterable[tuple[str, date | None, int | str]]) -> str:
    """In one loop with few calls: an account may have hundreds of lots, and each entry repeats them."""
    tokens: list[str] = []
    source_before: str | None = None
    day_before = 0
    for source, expires_on, amounts in parts:
        if expires_on is None:
            tokens.append(f"{DEFICIT}:{amounts}" if source == DEFICIT else f"{source}@{_NEVER}:{amounts}")
            source_before = None
            continue
        day = expires_on.toordinal()
        if source != source_before:
            tokens.append(f"{source}@{expires_on.isoformat()}:{amounts}")
        elif day >= day_before:
            tokens.append(f"+{day - day_before}:{amounts}")
        else:
            tokens.append(f"{day - day_before}:{amounts}")
        source_before, day_before = source, day
    return ",".join(tokens)


def _read(text: str) -> list[tuple[str, date | None, str]]:
    """The inverse, as frugal."""
    parts: list[tuple[str, date | None, str]] = []
    source_before: str | None = None
    day_before = 0
    for token in text.split(",") if text else ():
        place, _, amounts = token.rpartition(":")
        if place[:1] in ("+", "-"):
            if source_before is None:
                raise ValueError("days since nothing")
            day_before += int(place)
            parts.append((source_before, date.fromordinal(day_before), amounts))
        elif place == DEFICIT:
            source_before = None
            parts.append((DEFICIT, None, amounts))
        else:
            source, _, day = place.rpartition("@")
            expires_on = None if day == _NEVER else date.fromisoformat(day)
            source_before, day_before = (source, expires_on.toordinal()) if expires_on is not None else (None, 0)
            parts.append((source, expires_on, amounts))
    return parts
