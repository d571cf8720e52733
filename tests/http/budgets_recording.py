"""Budgets of what records and reverses purchases, and of single ones."""

from tests.http.budget import COMMAND, Budget
from tests.http.budget_data import new_purchase
from tests.http.budget_requests import Request, get, post

RECORDING = (
    Budget(
        "POST /transactions",
        "a purchase that earns",
        post("/transactions", new_purchase("earning")),
        COMMAND,
        status=201,
        read_units=1,
        write_units=12,
    ),
    Budget(
        "POST /transactions",
        "the first one of a category in a month, in this process",
        post("/transactions", new_purchase("earning-elsewhere", category="NEVER_SEEN")),
        {**COMMAND, "PutItem facts": 1},
        status=201,
        read_units=1,
        write_units=13,
    ),
    Budget(
        "POST /transactions",
        "a kickback of 0: no entry",
        post("/transactions", new_purchase("earning-nothing", kickbackAmount=0, kickbackRate=...)),
        {"TransactWriteItems facts": 1},
        status=201,
        write_units=8,
    ),
    Budget(
        "POST /transactions",
        "the same again",
        post("/transactions", new_purchase("again")),
        {**COMMAND, "GetItem facts": 1},
        given=(post("/transactions", new_purchase("again")),),
        read_units=2,
    ),
    Budget(
        "POST /transactions:batch",
        "16 purchases of one user",
        Request("POST", "/transactions:batch", lines=[new_purchase("batch", number) for number in range(16)]),
        COMMAND,
        write_units=147,
    ),
    Budget(
        "GET /transactions/{transactionId}",
        "a purchase",
        get("/transactions/r01-0"),
        {"GetItem facts": 2},
        read_units=2,
    ),
    Budget(
        "GET /transactions/{transactionId}/explain",
        "a purchase with its entry",
        get("/transactions/first-earning/explain"),
        {"GetItem facts": 2, "Query facts": 2},
        read_units=3,
    ),
    Budget(
        "POST /transactions/{transactionId}/reversals",
        "a part of it",
        post("/transactions/first-reversing-part/reversals", {"reversalId": "v1", "amount": 1000}),
        {"GetItem facts": 2, "Query facts": 2, "TransactWriteItems facts": 1},
        status=201,
        read_units=3,
        write_units=13,
    ),
    Budget(
        "POST /transactions/{transactionId}/reversals",
        "all of it",
        post("/transactions/first-reversing-all/reversals", {"reversalId": "v1"}),
        {"GetItem facts": 2, "Query facts": 2, "TransactWriteItems facts": 1},
        status=201,
        read_units=3,
        write_units=13,
    ),
)
