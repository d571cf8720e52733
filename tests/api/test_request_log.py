"""The log line of a request: the same object as structlog would have made of it."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
import structlog

from app.api.request_log import RequestLog
from app.logs import configure_logs, line_writer

FIELDS: dict[str, Any] = {
    "request_id": 'id-"あ',
    "method": "GET",
    "route": "/users/{id}/kickbacks",
    "status": 200,
    "ms": 12.3,
    "ddb_calls": 2,
}


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def lines(out: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def write(log: RequestLog, *, client_left: bool = False, **changes: Any) -> None:
    given = {**FIELDS, **changes}
    log.write(
        given["request_id"],
        given["method"],
        given["route"],
        given["status"],
        seconds=0.01234,
        calls=given["ddb_calls"],
        client_left=client_left,
    )


@pytest.mark.parametrize("client_left", [False, True])
def test_it_is_what_structlog_writes(client_left: bool) -> None:
    out = StringIO()
    configure_logs(to=out)
    structlog.get_logger("other").info("request", **FIELDS, **({"client_left": True} if client_left else {}))
    write(RequestLog(), client_left=client_left)
    before, ours = lines(out)
    assert list(ours) == list(before)
    instants = [datetime.fromisoformat(one.pop("timestamp")) for one in (before, ours)]
    assert ours == before == {**ours, **FIELDS, "event": "request", "level": "info"}
    assert ("client_left" in ours) is client_left
    assert [instant.tzinfo for instant in instants] == [UTC, UTC]
    assert abs((instants[1] - instants[0]).total_seconds()) < 60


def test_it_names_its_trace_where_there_is_one() -> None:
    out = StringIO()
    configure_logs(to=out)
    log = RequestLog()
    write(log)
    log.write("b", "GET", "/me", 200, seconds=0.1, calls=1, client_left=False, trace_id="0af7")
    assert [line.get("trace_id") for line in lines(out)] == [None, "0af7"]


def test_each_is_a_line_and_is_written_at_once() -> None:
    out = StringIO()
    configure_logs(to=out)
    log = RequestLog()
    write(log)
    assert out.getvalue().endswith("}\n")
    write(log, request_id="b")
    assert [line["request_id"] for line in lines(out)] == ['id-"あ', "b"]


@pytest.mark.parametrize(
    ("level", "route", "status", "logged"),
    [
        (logging.INFO, "/transactions", 201, "info"),
        (logging.INFO, "/transactions", 500, "info"),
        (logging.INFO, "/health/ready", 200, None),
        (logging.INFO, "/health/ready", 503, "info"),
        (logging.DEBUG, "/health/live", 200, "debug"),
        (logging.DEBUG, "/transactions", 200, "info"),
        (logging.WARNING, "/transactions", 500, None),
    ],
)
def test_levels(level: int, route: str, status: int, logged: str | None) -> None:
    out = StringIO()
    configure_logs(level, to=out)
    write(RequestLog(), route=route, status=status)
    assert [line["level"] for line in lines(out)] == ([logged] if logged else [])


def test_a_writer_is_there_for_levels_that_are_logged() -> None:
    configure_logs(logging.WARNING, to=StringIO())
    assert line_writer(logging.INFO) is None
    assert line_writer(logging.WARNING) is not None
