import json

import pytest

from app.api import problems
from app.api.problems import (
    BY_STATUS,
    CURSOR_INVALID,
    INSUFFICIENT_POINTS,
    VALIDATION_FAILED,
    FieldError,
    Kind,
    Problem,
    invalid,
    invalid_fields,
    problem_body,
    problem_response,
    unavailable,
)

KINDS = [value for value in vars(problems).values() if isinstance(value, Kind)]
# What clients switch on.
PUBLISHED = {
    "VALIDATION_FAILED": 422,
    "CURSOR_INVALID": 400,
    "NOT_FOUND": 404,
    "TRANSACTION_CONFLICT": 409,
    "VERSION_CONFLICT": 409,
    "INSUFFICIENT_POINTS": 409,
    "CONDITION_NOT_MET": 409,
    "FORBIDDEN": 403,
    "PAYLOAD_TOO_LARGE": 413,
    "UNAVAILABLE": 503,
}


def test_the_published_codes_keep_their_status() -> None:
    assert {kind.code: kind.status for kind in KINDS}.items() >= PUBLISHED.items()
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert all(kind.code == kind.code.upper() for kind in KINDS)
    assert all(status == kind.status for status, kind in BY_STATUS.items())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_an_error_on_the_wire(kind: Kind) -> None:
    response = problem_response(Problem(kind, "Detail.", headers={"X-Extra": "1"}), "req-1")
    assert response.status_code == kind.status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-extra"] == "1"
    assert json.loads(bytes(response.body)) == {
        "type": f"urn:kickbacks:problem:{kind.code.lower().replace('_', '-')}",
        "title": kind.title,
        "status": kind.status,
        "code": kind.code,
        "detail": "Detail.",
        "instance": "urn:kickbacks:request:req-1",
    }


def test_figures_stand_beside_the_code() -> None:
    problem = Problem(INSUFFICIENT_POINTS, "Detail.", members={"available": 3, "missing": 2})
    body = problem_body(problem)
    assert (body["code"], body["available"], body["missing"]) == ("INSUFFICIENT_POINTS", 3, 2)


def test_field_errors_are_listed() -> None:
    problem = invalid_fields([FieldError("/userId", "must be good"), FieldError("/query/limit", "must be small")])
    assert problem_body(problem)["errors"] == [
        {"pointer": "/userId", "detail": "must be good"},
        {"pointer": "/query/limit", "detail": "must be small"},
    ]
    assert problem.detail == "2 fields are not valid."
    assert invalid("/userId", "must be good").detail == "1 field is not valid."
    assert problem.kind is VALIDATION_FAILED


def test_without_a_request_there_is_no_instance() -> None:
    body = problem_body(Problem(CURSOR_INVALID, "Start again."))
    assert "instance" not in body
    assert "errors" not in body


def test_to_be_tried_again_says_when() -> None:
    assert unavailable("Later.").headers == {"Retry-After": "1"}
