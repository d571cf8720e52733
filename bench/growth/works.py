"""The requests that are measured, and what their answers must have."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

from bench.growth.made import FIRST_DAY, LAST_DAY, Stock
from bench.load import get_request, post_request
from bench.slices import Asked
from bench.views.crowd import body_of

PAGE = 50
_TOP = 10
_YEAR = f"from={FIRST_DAY}&to={LAST_DAY}"
_MOST_POSTS = 100_000


class Work(StrEnum):
    """One kind of request."""

    HISTORY = "history page of 50"
    RANKING = "ranking, top 10 of a year"
    EFFICIENCY = "efficiency of a card's year"
    BALANCE = "balance"
    POST = "single POST"


def asked(work: Work, stock: Stock, today: date) -> Asked:
    """Of the stock's own user, card and category; purchases are posted as of `today`."""
    match work:
        case Work.HISTORY:
            return history(stock, PAGE)
        case Work.RANKING:
            path = f"/categories/{stock.category}/rankings?year={FIRST_DAY.year}&by=merchant&limit={_TOP}"
            return Asked.again(get_request(path), _has(b'"rank":', _TOP))
        case Work.EFFICIENCY:
            path = f"/cards/{stock.card_id}/efficiency?{_YEAR}"
            return Asked.again(get_request(path), _has(b'"count":%d,' % stock.size, 2))
        case Work.BALANCE:
            path = f"/users/{stock.user_id}/balances?type=POINT"
            return Asked.again(get_request(path), _has(b'"type":"POINT"', 1))
    posts = (post_request(body_of(one)) for one in stock.more(_MOST_POSTS, today))
    return Asked(posts, _has(b'"ledger":{', 1), status=201)


def history(stock: Stock, limit: int) -> Asked:
    """A first page of so many purchases."""
    path = f"/users/{stock.user_id}/kickbacks?{_YEAR}&limit={limit}"
    return Asked.again(get_request(path), _has(b'"transactionId":', limit))


def category_page(category: str) -> Asked:
    """The category's newest purchases, merged over its shards."""
    return Asked.again(
        get_request(f"/categories/{category}/transactions?limit={PAGE}"), _has(b'"transactionId":', PAGE)
    )


def ranking(category: str, month: str, *, live: bool = False) -> Asked:
    """The first ten cards of a month."""
    path = f"/categories/{category}/rankings?month={month}&limit={_TOP}{'&view=live' if live else ''}"
    return Asked.again(get_request(path), _has(b'"rank":', _TOP))


def _has(mark: bytes, times: int) -> Callable[[bytes], bool]:
    return lambda answer: answer.count(mark) == times
