"""Budgets of points and benefits."""

from tests.http.budget import COMMAND, ONE_QUERY, Budget, queries
from tests.http.budget_data import READER
from tests.http.budget_requests import Request, get, post, put

_USER = "/users/reading-points"
_BENEFIT = {"name": "動画を最後まで見た", "trigger": "VIDEO_WATCHED", "type": "POINT", "amount": 20}


def _redemption(user: str) -> Request:
    return post(f"/users/{user}/redemptions", {"redemptionId": "r1", "type": "POINT", "amount": 20})


POINTS = (
    Budget("GET /users/{id}/balances", "of one type", get(f"{_USER}/balances", type="POINT"), ONE_QUERY, read_units=1),
    Budget("GET /users/{id}/balances", "of all types", get(f"{_USER}/balances"), queries("facts", 3), read_units=1),
    Budget(
        "GET /users/{id}/ledger", "a page of 50", get(f"/users/{READER}/ledger", type="POINT"), ONE_QUERY, read_units=12
    ),
    Budget("GET /users/{id}/lots", "of one type", get(f"{_USER}/lots", type="POINT"), ONE_QUERY, read_units=1),
    Budget(
        "GET /users/{id}/ledger/{type}/{version}/explain",
        "an entry of a purchase",
        get(f"{_USER}/ledger/POINT/1/explain"),
        {"Query facts": 1, "GetItem facts": 2},
        read_units=3,
    ),
    Budget(
        "POST /users/{id}/redemptions",
        "of points",
        _redemption("redeeming"),
        COMMAND,
        status=201,
        read_units=1,
        write_units=7,
    ),
    Budget(
        "GET /users/{id}/redemptions/{redemptionId}",
        "a redemption",
        get(f"{_USER}/redemptions/r1"),
        {"GetItem facts": 1},
        given=(_redemption("reading-points"),),
        read_units=1,
    ),
    Budget(
        "POST /users/{id}/redemptions/{redemptionId}/cancellations",
        "all of it",
        post("/users/cancelling/redemptions/r1/cancellations", {"cancellationId": "c1"}),
        {"GetItem facts": 2, "Query facts": 2, "TransactWriteItems facts": 1},
        status=201,
        given=(_redemption("cancelling"),),
        read_units=3,
        write_units=9,
    ),
    Budget(
        "POST /users/{id}/closure",
        "with one account",
        post("/users/closing/closure", {"closureId": "c1", "reason": "The user left"}),
        {"Query facts": 3, "TransactWriteItems facts": 1},
        status=201,
        read_units=1,
        write_units=7,
    ),
    Budget(
        "POST /users/{id}/adjustments",
        "points that come in",
        post(
            "/users/adjusting/adjustments",
            {"adjustmentId": "a1", "type": "POINT", "amount": 100, "reason": "Goodwill"},
        ),
        COMMAND,
        status=201,
        read_units=1,
        write_units=8,
    ),
    Budget(
        "PUT /benefits/{benefitId}",
        "a new one",
        put("/benefits/new", _BENEFIT),
        {"Query facts": 1, "TransactWriteItems facts": 1},
        status=201,
        write_units=4,
    ),
    Budget(
        "GET /benefits/{benefitId}",
        "the newest version",
        get("/benefits/read"),
        ONE_QUERY,
        given=(put("/benefits/read", _BENEFIT),),
        read_units=1,
    ),
    Budget(
        "POST /users/{id}/benefits/{benefitId}/exercises",
        "the first one",
        post("/users/exercising/benefits/exercised/exercises", {"exerciseId": "e1"}),
        {"Query facts": 3, "TransactWriteItems facts": 1},
        status=201,
        given=(put("/benefits/exercised", _BENEFIT),),
        read_units=2,
        write_units=12,
    ),
)
