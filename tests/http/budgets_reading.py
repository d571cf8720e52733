"""Budgets of history, rankings, efficiency and reports."""

from tests.http.budget import ONE_QUERY, Budget, queries
from tests.http.budget_data import CARD, READER
from tests.http.budget_requests import get

_KICKBACKS = f"/users/{READER}/kickbacks"
_RANKING = "/categories/GROCERY/rankings"
_TEN_CARDS = get(_RANKING, month="2023-05", limit=10)

READING = (
    Budget("GET /users/{id}/kickbacks", "a page of 50", get(_KICKBACKS), ONE_QUERY, read_units=6),
    Budget("GET /users/{id}/kickbacks", "the page after it", get(_KICKBACKS), ONE_QUERY, page_two=True, read_units=6),
    Budget(
        "GET /users/{id}/kickbacks",
        "a month",
        get(_KICKBACKS, from_="2023-05-01", to="2023-05-31"),
        ONE_QUERY,
        read_units=2,
    ),
    Budget(
        "GET /users/{id}/kickbacks",
        "filtered, over a year",
        get(_KICKBACKS, category="GROCERY"),
        ONE_QUERY,
        read_units=13,
    ),
    Budget("GET /users/{id}/kickbacks", "a user without purchases", get("/users/nobody/kickbacks"), ONE_QUERY),
    Budget("GET /users/{id}/streaks", "over 120 purchases", get(f"/users/{READER}/streaks"), ONE_QUERY, read_units=13),
    Budget(
        "GET /users/{id}/reports/{period}",
        "a year",
        get(f"/users/{READER}/reports/2023"),
        queries("views", 2),
        read_units=2,
    ),
    Budget(
        "GET /users/{id}/reports/{period}",
        "a month",
        get(f"/users/{READER}/reports/2023-05"),
        queries("views", 2),
        read_units=1,
    ),
    Budget(
        "GET /categories/{cat}/transactions",
        "a page of 50 over 16 shards",
        get("/categories/GROCERY/transactions"),
        queries("facts/CategoryIndex", 17),
        read_units=8.5,
    ),
    Budget(
        "GET /cards/{cardId}/transactions",
        "a page of 50 over 4 shards",
        get(f"/cards/{CARD}/transactions"),
        queries("facts/CardIndex", 5),
        read_units=4.5,
    ),
)

RANKING = (
    Budget(
        "GET /categories/{cat}/rankings",
        "the best ten cards of a month, over 8 shards, where nobody has just asked for one of that month",
        _TEN_CARDS,
        {"Query views/ScoreIndex": 8, "Query views": 1},
        read_units=1,
    ),
    Budget(
        "GET /categories/{cat}/rankings",
        "the same, where somebody has: the categories' totals are kept as long as the state of the views",
        _TEN_CARDS,
        queries("views/ScoreIndex", 8),
        read_units=0.5,
        given=(get("/categories/DINING/rankings", month="2023-05", by="merchant"),),
    ),
    Budget(
        "GET /categories/{cat}/rankings",
        "the best merchant of a year",
        get(_RANKING, year="2023", by="merchant", limit=1),
        {"Query views/ScoreIndex": 8, "Query views": 1},
        read_units=2.5,
    ),
    Budget(
        "GET /categories/{cat}/rankings",
        "the merchant after it",
        get(_RANKING, year="2023", by="merchant", limit=1),
        queries("views/ScoreIndex", 8),
        page_two=True,
        read_units=1.5,
    ),
    Budget(
        "GET /categories/{cat}/rankings",
        "`view=live`, with 3 categories of 16 shards",
        get(_RANKING, month="2023-05", view="live"),
        {"Query facts/CategoryIndex": 48, "Query facts": 1},
        read_units=5.5,
    ),
    Budget(
        "GET /rankings/categories",
        "of a month, where nobody has just asked for a ranking of it",
        get("/rankings/categories", month="2023-05"),
        queries("views"),
        read_units=0.5,
    ),
    Budget(
        "GET /rankings/categories",
        "the same, where somebody has",
        get("/rankings/categories", month="2023-05"),
        given=(_TEN_CARDS,),
    ),
    Budget(
        "GET /rankings/cards",
        "of a year, over 8 shards",
        get("/rankings/cards", from_="2023-01-01", to="2023-12-31"),
        queries("views", 8),
        read_units=1,
    ),
    Budget(
        "GET /rankings/cards",
        "of half a month, over 8 shards",
        get("/rankings/cards", from_="2023-05-01", to="2023-05-15"),
        queries("views", 8),
        read_units=0.5,
    ),
    Budget(
        "GET /cards/{cardId}/efficiency",
        "a calendar year",
        get(f"/cards/{CARD}/efficiency", from_="2023-01-01", to="2023-12-31"),
        queries("views"),
        read_units=0.5,
    ),
    Budget(
        "GET /cards/{cardId}/efficiency",
        "a year from any day",
        get(f"/cards/{CARD}/efficiency", from_="2022-05-16", to="2023-05-15"),
        queries("views", 4),
        read_units=1,
    ),
    Budget(
        "GET /cards/{cardId}/efficiency",
        "`view=live`, a month over 4 shards",
        get(f"/cards/{CARD}/efficiency", from_="2023-05-01", to="2023-05-31", view="live"),
        queries("facts/CardIndex", 4),
        read_units=1.5,
    ),
    Budget(
        "GET /journal/trial-balance",
        "at an instant, over 8 shards",
        get("/journal/trial-balance", at="2023-12-31T23:59:59Z"),
        queries("views", 24),
        read_units=1,
    ),
)
