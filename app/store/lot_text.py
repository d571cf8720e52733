"""Lots and allocations as one short text, because every entry repeats all open lots and capacity is paid by the byte.

    PURCHASE@2023-10-28:50,+1:30/45,+3:20,BENEFIT:signup@NEVER:100,DEFICIT:-4

`source@last day:amount`, where the source is that of the one before `+days since its last day:amount`; behind `/` what
a lot had earned where that is not what remains. Lots stand in the order in which they are used.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from app.domain.lots import DEFICIT, Allocation, Lot

_NEVER = "NEVER"


def lots_text(lots: Iterable[Lot]) -> str:
    """Open lots."""
    amounts = ((x, f"{x.remaining}" if x.remaining == x.earned else f"{x.remaining}/{x.earned}") for x in lots)
    return ",".join(_placed((lot.source, lot.expires_on, text) for lot, text in amounts))


def lots_of_text(text: str) -> tuple[Lot, ...]:
    """The inverse. Raises ValueError."""
    lots = []
    for source, expires_on, amounts in _read(text):
        remaining, _, earned = amounts.partition("/")
        lots.append(Lot(source, expires_on, int(earned or remaining), int(remaining)))
    return tuple(lots)


def allocations_text(allocations: Iterable[Allocation]) -> str:
    """What went where."""
    return ",".join(_placed((one.source, one.expires_on, str(one.amount)) for one in allocations))


def allocations_of_text(text: str) -> tuple[Allocation, ...]:
    """The inverse. Raises ValueError."""
    return tuple(Allocation(source, expires_on, int(amount)) for source, expires_on, amount in _read(text))


def _placed(parts: Iterable[tuple[str, date | None, str]]) -> Iterator[str]:
    before: tuple[str, date] | None = None
    for source, expires_on, amounts in parts:
        if expires_on is not None and before is not None and before[0] == source:
            yield f"{(expires_on - before[1]).days:+d}:{amounts}"
        elif source == DEFICIT:
            yield f"{DEFICIT}:{amounts}"
        else:
            yield f"{source}@{expires_on.isoformat() if expires_on else _NEVER}:{amounts}"
        before = (source, expires_on) if expires_on is not None else None


def _read(text: str) -> Iterator[tuple[str, date | None, str]]:
    before: tuple[str, date] | None = None
    for token in text.split(",") if text else ():
        place, _, amounts = token.rpartition(":")
        expires_on: date | None
        if place[:1] in ("+", "-"):
            if before is None:
                raise ValueError("days since nothing")
            source, expires_on = before[0], before[1] + timedelta(days=int(place))
        elif place == DEFICIT:
            source, expires_on = DEFICIT, None
        else:
            source, _, day = place.rpartition("@")
            expires_on = None if day == _NEVER else date.fromisoformat(day)
        yield source, expires_on, amounts
        before = (source, expires_on) if expires_on is not None else None
