"""Log lines for which there is no room."""

import subprocess
import sys
from pathlib import Path

import pytest

_LINES = """
import logging, structlog
from app.logs import configure_logs, line_writer
lost = []
configure_logs(lost=lambda: lost.append(1))
structlog.get_logger("kickbacks.test").info("one")
line_writer(logging.INFO)("two")
logging.getLogger("a library").warning("three")
raise SystemExit(len(lost))
"""


@pytest.mark.parametrize(("place", "lost"), [("/dev/full", 3), ("/dev/null", 0)])
def test_are_lost_and_counted_and_nothing_else_happens(place: str, lost: int) -> None:
    with Path(place).open("wb") as out:
        ran = subprocess.run(
            [sys.executable, "-c", _LINES], stdout=out, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert (ran.returncode, ran.stderr) == (lost, b"")
