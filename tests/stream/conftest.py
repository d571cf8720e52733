"""Logs are kept and not printed: a printed traceback takes longer than the test."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged, one dict for each line."""
    with capture_logs() as lines:
        yield lines
