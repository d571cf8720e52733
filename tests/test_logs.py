"""Whatever is logged, by us or by a library, is one JSON object a line, with nothing of what clients sent."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from app.logs import configure_logs


@pytest.fixture
def out() -> Iterator[StringIO]:
    before = structlog.get_config()
    handlers = list(logging.getLogger().handlers)
    to = StringIO()
    configure_logs(to=to)
    yield to
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers


def test_libraries_write_lines_of_the_same_kind(out: StringIO) -> None:
    logging.getLogger("some.library").warning("it is %s", "so")
    logging.getLogger("some.library").info("not this")
    structlog.get_logger().warning("ours", number=1)
    theirs, ours = map(json.loads, out.getvalue().splitlines())
    assert theirs.items() >= {"event": "it is so", "logger": "some.library", "level": "warning"}.items()
    assert ours.items() >= {"event": "ours", "number": 1, "level": "warning"}.items()
    assert theirs.keys() - {"logger"} == ours.keys() - {"number"}


def test_an_error_of_a_library_shows_no_variables(out: StringIO) -> None:
    def fails(secret: str) -> None:
        raise KeyError(len(secret))

    try:
        fails("canary7f3a")
    except KeyError:
        logging.getLogger("some.library").exception("it failed")
    (line,) = out.getvalue().splitlines()
    assert json.loads(line)["exception"][0]["exc_type"] == "KeyError"
    assert "canary7f3a" not in line


def test_configuring_again_writes_once(out: StringIO) -> None:
    again = StringIO()
    configure_logs(logging.WARNING, to=again)
    logging.getLogger("some.library").error("once")
    assert (out.getvalue(), again.getvalue().count("once")) == ("", 1)


def test_what_is_bound_is_in_every_line(out: StringIO) -> None:
    with structlog.contextvars.bound_contextvars(trace_id="0af7"):
        logging.getLogger("some.library").error("theirs")
        structlog.get_logger().info("ours")
    structlog.get_logger().info("after")
    assert [json.loads(line).get("trace_id") for line in out.getvalue().splitlines()] == ["0af7", "0af7", None]
