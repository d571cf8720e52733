"""What is asked of every side: five kinds of requests, the same bytes for all but what has to be new each time."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from itertools import cycle

from bench.compare.data import BALANCE_USERS, CATEGORIES, EFFICIENCY_CARD, MONTH, POSTING_USERS, READERS, posts
from bench.load import get_request, post_request
from bench.slices import Asked

_PAGE = 50
_TOP = 10


class Work(StrEnum):
    """One kind of request."""

    HISTORY = "history"
    POST = "post"
    RANKING = "ranking"
    EFFICIENCY = "efficiency"
    BALANCE = "balance"


TITLES = {
    Work.HISTORY: "history page of 50",
    Work.POST: "single POST",
    Work.RANKING: "ranking, top 10",
    Work.EFFICIENCY: "efficiency of a year",
    Work.BALANCE: "balance",
}

_PATHS = {
    Work.HISTORY: [f"/users/{user}/kickbacks?from={MONTH}-01&to={MONTH}-31&limit={_PAGE}" for user in READERS],
    Work.RANKING: [f"/categories/{category}/rankings?month={MONTH}&limit={_TOP}" for category in CATEGORIES],
    Work.EFFICIENCY: [f"/cards/{EFFICIENCY_CARD}/efficiency?from=2022-01-01&to=2022-12-31"],
    Work.BALANCE: [f"/users/{user}/balances?type=POINT" for user in BALANCE_USERS],
}
# A part of every answer, and how often it is there.
_MARKS = {
    Work.HISTORY: (b'"transactionId"', _PAGE),
    Work.POST: (b'"ledger"', 1),
    Work.RANKING: (b'"rank"', _TOP),
    Work.EFFICIENCY: (b'"byCategory"', 1),
    Work.BALANCE: (b'"available"', 1),
}


def asked(work: Work, side: str, name: str, day: date) -> Asked:
    """Requests without end. Purchases are of that day, with ids that no other name has, and of users of the side."""
    mark, marks = _MARKS[work]
    return Asked(_requests(work, side, name, day), lambda answer: answer.count(mark) == marks, _status(work))


def distinct(work: Work) -> int:
    """After so many requests a side has asked the database every question that it has."""
    return POSTING_USERS if work is Work.POST else len(_PATHS[work])


def _requests(work: Work, side: str, name: str, day: date) -> Iterator[bytes]:
    if work is Work.POST:
        return (post_request(body) for body in posts(side, name, day))
    return cycle([get_request(path) for path in _PATHS[work]])


def _status(work: Work) -> int:
    return 201 if work is Work.POST else 200
