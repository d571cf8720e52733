"""Who may call what, said once more, apart from the service's own table: a slip in one of them shows.

After `|`: `own` are users for what is theirs by its path; `inside` are all users as far as the endpoint, which looks
whose it is; `known` is everybody with a good token; `public` everybody. The others are scopes.
"""

_ROWS = """
    GET /health/live                                              | public
    GET /health/ready                                             | public
    GET /docs                                                     | public
    GET /docs/oauth2-redirect                                     | public
    GET /static-offline-docs/{file}                               | public
    GET /openapi.json                                             | public
    GET /metrics                                                  | audit admin
    GET /me                                                       | known
    POST /transactions                                            | record admin
    POST /transactions:batch                                      | record admin
    POST /transactions/{transactionId}/reversals                  | record admin
    GET /transactions/{transactionId}                             | inside record audit admin
    GET /transactions/{transactionId}/explain                     | inside record audit admin
    GET /users/{id}/kickbacks                                     | own audit admin
    GET /users/{id}/reports/{period}                              | own audit admin
    GET /users/{id}/balances                                      | own audit admin
    GET /users/{id}/ledger                                        | own audit admin
    GET /users/{id}/ledger/{type}/{version}/explain               | own audit admin
    GET /users/{id}/lots                                          | own audit admin
    GET /users/{id}/streaks                                       | own audit admin
    GET /users/{id}/redemptions/{redemptionId}                    | own audit admin
    POST /users/{id}/redemptions                                  | own points admin
    POST /users/{id}/closure                                      | own points admin
    POST /users/{id}/redemptions/{redemptionId}/cancellations     | points admin
    POST /users/{id}/benefits/{benefitId}/exercises               | points admin
    POST /users/{id}/adjustments                                  | admin
    PUT /benefits/{benefitId}                                     | admin
    GET /benefits/{benefitId}                                     | known
    GET /categories/{cat}/rankings                                | known
    GET /rankings/categories                                      | known
    GET /rankings/cards                                           | known
    GET /cards/{cardId}/efficiency                                | known
    GET /categories/{cat}/transactions                            | audit admin
    GET /cards/{cardId}/transactions                              | audit admin
    GET /journal/trial-balance                                    | audit admin
    POST /cards                                                   | inside identify
    GET /cards/{cardId}                                           | inside identify
    POST /cards/{cardId}/detokenizations                          | detokenize
    POST /identities                                              | identify
    POST /identities/searches                                     | identify
    GET /users/{id}/identity                                      | identify
    GET /users/{id}/profile                                       | own identify
    PUT /users/{id}/profile                                       | own identify
    POST /users/{id}/erasure                                      | identify
    GET /audit                                                    | audit
"""

EXPECTED: dict[str, frozenset[str]] = {
    name.strip(): frozenset(who.split())
    for name, _, who in (row.partition("|") for row in _ROWS.split("\n") if row)
    if name.strip()
}

WATCHED = frozenset(
    name
    for name in EXPECTED
    if name.startswith("GET ")
    and (
        name.startswith(("GET /users/", "GET /transactions/"))
        or name
        in {"GET /categories/{cat}/transactions", "GET /cards/{cardId}/transactions", "GET /journal/trial-balance"}
    )
    and EXPECTED[name] & {"audit", "admin"}
)
"""Reading these leaves a row in the trail where somebody else than the user does it."""
