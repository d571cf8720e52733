"""A row of the views as it is stored, against how it has to be."""

from collections.abc import Iterator

from app.maintenance.verifying.differences import Difference, Kind
from app.ports.scans import StoredView

_COUNT = "count"
_POSTINGS = "postings."


def row_differences(expected: StoredView | None, found: StoredView | None) -> Iterator[Difference]:
    """Numbers, names and place: everything but the marks. One for each attribute that differs."""
    if found is None and expected is not None:
        yield Difference(Kind.VIEW_MISSING, _name(expected), _summary(expected), "")
    if expected is None and found is not None:
        yield Difference(Kind.VIEW_SURPLUS, _name(found), "", _summary(found))
    if expected is not None and found is not None:
        for attribute in sorted(expected.content.keys() | found.content.keys()):
            wanted, there = expected.content.get(attribute, ""), found.content.get(attribute, "")
            if wanted != there:
                yield Difference(Kind.VIEW_WRONG, f"{_name(found)} {attribute}", wanted, there)


def holds_more(expected: StoredView | None, found: StoredView | None) -> bool:
    """Whether a row may be right and only its purchases gone, which retention has dropped."""
    if found is None or _sums_of_postings(found):  # entries are never dropped
        return False
    if expected is None:  # a purchase that was taken back wholly counts as none
        return int(found.content[_COUNT]) >= 0
    return int(found.content[_COUNT]) > int(expected.content[_COUNT])


def _name(stored: StoredView) -> str:
    return stored.key.replace("\x1f", " | ")


def _summary(stored: StoredView) -> str:
    booked = _sums_of_postings(stored)
    return f"{booked} sums of postings" if booked else f"{stored.content[_COUNT]} purchases"


def _sums_of_postings(stored: StoredView) -> int:
    return sum(attribute.startswith(_POSTINGS) for attribute in stored.content)
