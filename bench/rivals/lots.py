"""Lots and allocations in a ledger entry's text: `PURCHASE@2023-10-28:50,+1:30/45,BENEFIT:signup@NEVER:100`.

`+1` is the place before it, so many days later; behind `/` stands what a lot had earned where that is not what remains.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from app.domain.lots import DEFICIT, Allocation, Lot


def lots_of(text: str) -> tuple[Lot, ...]:
    """The open lots."""
    lots = []
    for source, last_day, amounts in _places(text):
        remaining, _, earned = amounts.partition("/")
        lots.append(Lot(source, last_day, int(earned or remaining), int(remaining)))
    return tuple(lots)


def lots_text(lots: Sequence[Lot]) -> str:
    """As they are stored."""
    amounts = [f"{x.remaining}" if x.remaining == x.earned else f"{x.remaining}/{x.earned}" for x in lots]
    return _text((lot.source, lot.expires_on, amount) for lot, amount in zip(lots, amounts, strict=True))


def allocations_of(text: str) -> tuple[Allocation, ...]:
    """What went where."""
    return tuple(Allocation(source, last_day, int(amount)) for source, last_day, amount in _places(text))


def allocations_text(allocations: Sequence[Allocation]) -> str:
    """As they are stored."""
    return _text((one.source, one.expires_on, str(one.amount)) for one in allocations)


def _text(places: Iterable[tuple[str, date | None, str]]) -> str:
    parts: list[str] = []
    before: tuple[str, date | None] = ("", None)
    for source, last_day, amount in places:
        if last_day is not None and before[1] is not None and before[0] == source:
            place = f"{(last_day - before[1]).days:+d}"
        elif source == DEFICIT:
            place = DEFICIT
        else:
            place = f"{source}@{last_day.isoformat() if last_day else 'NEVER'}"
        parts.append(f"{place}:{amount}")
        before = (source, last_day)
    return ",".join(parts)


def _places(text: str) -> Iterator[tuple[str, date | None, str]]:
    source, last_day = "", date.min
    for part in text.split(",") if text else ():
        place, _, amount = part.rpartition(":")
        if place[0] in "+-":
            last_day += timedelta(days=int(place))
            yield source, last_day, amount
        elif place == DEFICIT or place.endswith("@NEVER"):
            yield place.removesuffix("@NEVER"), None, amount
        else:
            source, _, day = place.rpartition("@")
            last_day = date.fromisoformat(day)
            yield source, last_day, amount
