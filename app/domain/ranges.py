"""Which days a question is about, where it leaves an end open."""

from datetime import date, timedelta

LONGEST_DAYS = 366


def check_order(first: date | None, last: date | None) -> None:
    """Raises ValueError when the range ends before it begins."""
    if first is not None and last is not None and first > last:
        raise ValueError("must not be after `to`")


def bounded_range(first: date | None, last: date | None, *, today: date) -> tuple[date, date]:
    """A range of at most 366 days: an open end is today, or as far as the bound allows.

    Raises ValueError when both ends are given and it is longer, or ends before it begins.
    """
    check_order(first, last)
    span = timedelta(days=LONGEST_DAYS - 1)
    if first is None:
        last = last or today
        return (date.min if last - date.min < span else last - span), last
    if last is None:
        return first, min(max(today, first), date.max if date.max - first < span else first + span)
    if last - first > span:
        raise ValueError("must be at most 366 days before `to`")
    return first, last
