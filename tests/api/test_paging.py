import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import APIRouter, Request
from pydantic import Field

from app.api.cursors import Cursors
from app.api.paging import binding, opened, page_response
from app.api.problems import CURSOR_INVALID, Problem
from app.api.schemas import StrictModel
from app.domain.access import OPEN, Principal, Scope

CURSORS = Cursors([b"secret"], 60, lambda: 1_700_000_000)
POSITION = ("2023-05-01", "txn001")


class Query(StrictModel):
    """For these tests."""

    first: str | None = Field(None, alias="from")
    limit: int = 50
    cursor: str | None = None


ANN, AUDITOR = Principal("a", user_id="ann"), Principal("ann", frozenset({Scope.AUDIT}))


def request(user: str = "ann", template: str = "/users/{id}/kickbacks", principal: Principal = ANN) -> Request:
    router = APIRouter()
    router.add_api_route(template, lambda: None)
    path = template.replace("{id}", user)
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "server": ("testserver", 80),
        "scheme": "http",
        "query_string": b"",
        "headers": [],
        "path_params": {"id": user},
        "route": router.routes[0],
        "principal": principal,
    }
    return Request(scope)


def test_a_page_in_between_has_a_cursor_and_a_link() -> None:
    query = Query.model_validate({"from": "2023-05-01", "limit": 2})
    response = page_response(request(), query, [{"a": 1}], POSITION, CURSORS, around={"category": "X"})
    page = json.loads(bytes(response.body))
    assert list(page) == ["category", "items", "nextCursor"]
    target, relation = response.headers["link"].split("; ")
    address = urlsplit(target.strip("<>"))
    assert (address.path, relation) == ("/users/ann/kickbacks", 'rel="next"')
    assert parse_qs(address.query) == {"from": ["2023-05-01"], "limit": ["2"], "cursor": [page["nextCursor"]]}
    assert opened(request(), query, page["nextCursor"], CURSORS) == POSITION


def test_the_last_page_has_neither() -> None:
    response = page_response(request(), Query(), [], None, CURSORS)
    assert json.loads(bytes(response.body)) == {"items": [], "nextCursor": None}
    assert "link" not in response.headers


def test_the_first_page_needs_no_cursor() -> None:
    assert opened(request(), Query(), None, CURSORS) is None


def test_the_cursor_itself_is_no_part_of_what_it_is_bound_to() -> None:
    assert binding(request(), Query(cursor="abc")) == binding(request(), Query())


@pytest.mark.parametrize(
    ("other", "query"),
    [
        (request("bob"), Query()),
        (request(principal=AUDITOR), Query()),
        (request(principal=Principal("b", user_id="bob")), Query()),
        (request(principal=OPEN), Query()),
        (request(template="/users/{id}/ledger"), Query()),
        (request(), Query(limit=51)),
        (request(), Query.model_validate({"from": "2023-05-01"})),
    ],
)
def test_another_caller_user_route_or_parameter_refuses_it(other: Request, query: Query) -> None:
    cursor = CURSORS.seal(binding(request(), Query()), POSITION)
    with pytest.raises(Problem) as raised:
        opened(other, query, cursor, CURSORS)
    assert raised.value.kind is CURSOR_INVALID


def test_a_cursor_is_good_for_another_token_of_the_same_user() -> None:
    cursor = CURSORS.seal(binding(request(), Query()), POSITION)
    renewed = request(principal=Principal("renewed", frozenset({Scope.RECORD}), "ann"))
    assert opened(renewed, Query(), cursor, CURSORS) == POSITION


def test_who_is_not_asked_has_no_name_in_a_cursor() -> None:
    assert binding(request(principal=OPEN), Query())[0] == ""


def test_a_default_that_is_spelled_out_changes_nothing() -> None:
    cursor = CURSORS.seal(binding(request(), Query()), POSITION)
    assert opened(request(), Query(limit=50), cursor, CURSORS) == POSITION
