from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from app.api.errors import field_errors, problem_of, problems
from app.api.problems import (
    CURSOR_INVALID,
    INTERNAL,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    PAYLOAD_TOO_LARGE,
    TRANSACTION_CONFLICT,
    UNAVAILABLE,
    VALIDATION_FAILED,
    FieldError,
    Kind,
    Problem,
    problem_body,
)
from app.ports.errors import OutcomeUnknown, StoreRefused, StoreUnavailable

SECRET = "table-7f3a at 10.0.0.7"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Problem(CURSOR_INVALID, "Start again."), CURSOR_INVALID),
        (RequestValidationError([]), VALIDATION_FAILED),
        (OutcomeUnknown(SECRET), UNAVAILABLE),
        (StoreUnavailable(SECRET), UNAVAILABLE),
        (StoreRefused(SECRET), INTERNAL),
        (RuntimeError(SECRET), INTERNAL),
        (KeyError(SECRET), INTERNAL),
        (HTTPException(404, SECRET), NOT_FOUND),
        (HTTPException(405, SECRET), METHOD_NOT_ALLOWED),
        (HTTPException(413, SECRET), PAYLOAD_TOO_LARGE),
        (HTTPException(418, SECRET), INTERNAL),
    ],
)
def test_every_error_has_its_answer_and_none_says_what_happened_inside(error: Exception, kind: Kind) -> None:
    problem = problem_of(error)
    assert problem.kind is kind
    assert SECRET not in str(problem_body(problem))


def test_whether_it_may_have_been_written_is_said() -> None:
    assert problem_of(OutcomeUnknown("")).detail != problem_of(StoreUnavailable("")).detail
    assert problem_of(OutcomeUnknown("")).headers == problem_of(StoreUnavailable("")).headers == {"Retry-After": "1"}


def test_headers_of_a_refused_method_are_kept() -> None:
    assert problem_of(HTTPException(405, headers={"Allow": "GET"})).headers == {"Allow": "GET"}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"loc": ("body", "userId"), "type": "missing", "msg": "Field required"}, ("/userId", "Field required")),
        ({"loc": ("query", "limit"), "type": "x", "msg": "m"}, ("/query/limit", "m")),
        ({"loc": ("path", "id"), "type": "x", "msg": "m"}, ("/path/id", "m")),
        ({"loc": ("header", "Idempotency-Key"), "type": "x", "msg": "m"}, ("/header/Idempotency-Key", "m")),
        ({"loc": ("body",), "type": "value_error", "msg": "Value error, unknown field"}, ("", "unknown field")),
        (
            {"loc": ("body", 0), "type": "json_invalid", "msg": "m", "ctx": {"error": "must be UTF-8"}},
            ("", "must be UTF-8"),
        ),
        ({"loc": ("body", 17), "type": "json_invalid", "msg": "m"}, ("", "must be JSON")),
        ({"loc": (), "type": "x", "msg": "m"}, ("", "m")),
    ],
)
def test_findings_become_pointers(found: Any, expected: tuple[str, str]) -> None:
    assert field_errors([found]) == [FieldError(*expected)]


def test_only_the_first_twenty_are_listed() -> None:
    found = [{"loc": ("body", f"f{place}"), "type": "x", "msg": "m"} for place in range(100)]
    assert [error.pointer for error in field_errors(found)] == [f"/f{place}" for place in range(20)]


def test_what_a_route_can_answer_is_documented_with_every_kind() -> None:
    documented = problems(CURSOR_INVALID, TRANSACTION_CONFLICT)
    assert set(documented) == {400, 409, 422, 503}
    assert documented[409]["description"] == TRANSACTION_CONFLICT.title
    assert list(documented[400]["content"]) == ["application/problem+json"]


def test_documenting_one_route_does_not_change_another() -> None:
    both = problems(CURSOR_INVALID, Kind("OTHER", 400, "Another reason"))
    assert both[400]["description"] == f"{CURSOR_INVALID.title}; Another reason"
    assert problems(CURSOR_INVALID)[400]["description"] == CURSOR_INVALID.title
