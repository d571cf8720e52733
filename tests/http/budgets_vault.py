"""Budgets of the vault. A row of the audit trail comes first wherever something is written, or shown to somebody whose
it is not, as everything is to who calls an open service."""

from tests.http.budget import Budget
from tests.http.budget_requests import Request, get, post, put

_ROW = {"PutItem facts": 1}
_SHOWING = {"Query vault": 1, **_ROW}
_WRITING = {"Query vault": 1, "TransactWriteItems vault": 1, **_ROW}
_READING = {"reason": "Chargeback 17"}
_HANAKO = {"name": "山田 花子", "email": "hanako@example.jp", "birthday": "1990-02-28"}


def _card(user: str) -> Request:
    return post("/cards", {"userId": user, "cardNumber": "4111111111111111"})


def _profile(user: str) -> Request:
    return put(f"/users/{user}/profile", _HANAKO)


def _identity(subject: str) -> Request:
    return post("/identities", {"issuer": "https://login.example.com", "subject": subject})


# What a process reads once, and then knows.
_WARM = (_profile("vault-warm"),)

VAULT = (
    Budget(
        "POST /cards",
        "a user's first card",
        _card("vault-card-1"),
        {"GetItem vault": 1, **_WRITING},
        1,
        9,
        status=201,
        given=_WARM,
    ),
    Budget(
        "POST /cards",
        "the same again",
        _card("vault-card-2"),
        {"GetItem vault": 3, "Query vault": 1, **_ROW},
        4,
        1,
        given=(_card("vault-card-2"),),
    ),
    Budget(
        "GET /cards/{cardId}",
        "a card",
        get("/cards/{cardId}"),
        {"GetItem vault": 2, **_ROW},
        2,
        1,
        given=(_card("vault-card-3"),),
    ),
    Budget(
        "POST /cards/{cardId}/detokenizations",
        "where numbers are not kept",
        post("/cards/{cardId}/detokenizations", _READING),
        {"GetItem vault": 2, **_ROW},
        2,
        1,
        status=404,
        given=(_card("vault-card-4"),),
    ),
    Budget(
        "POST /identities",
        "a new one",
        _identity("vault-new"),
        {"GetItem vault": 2, **_WRITING},
        2,
        7,
        status=201,
        given=_WARM,
    ),
    Budget(
        "POST /identities",
        "the same again",
        _identity("vault-known"),
        {"GetItem vault": 1, **_ROW},
        1,
        1,
        given=(_identity("vault-known"),),
    ),
    Budget(
        "POST /identities/searches",
        "by e-mail",
        post("/identities/searches", {"email": _HANAKO["email"]}),
        _SHOWING,
        1,
        1,
        given=_WARM,
    ),
    Budget(
        "GET /users/{id}/identity",
        "of a user",
        get("/users/{userId}/identity"),
        _SHOWING,
        1,
        1,
        given=(_identity("vault-shown"),),
    ),
    Budget("PUT /users/{id}/profile", "the first", _profile("vault-put"), _WRITING, 0, 7, given=_WARM),
    Budget(
        "PUT /users/{id}/profile",
        "another address",
        put("/users/vault-again/profile", {**_HANAKO, "email": "yamada@example.jp"}),
        _WRITING,
        1,
        9,
        given=(_profile("vault-again"),),
    ),
    Budget("GET /users/{id}/profile", "of a user", get("/users/vault-warm/profile"), _SHOWING, 1, 1, given=_WARM),
    Budget(
        "POST /users/{id}/erasure",
        "of a user with a profile and a card",
        post("/users/vault-erased/erasure", {"erasureId": "e1", "reason": "The user asked for it"}),
        {**_WRITING, "Query vault": 4},
        3,
        15,
        given=(_profile("vault-erased"), _card("vault-erased")),
    ),
)
