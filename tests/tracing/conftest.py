"""What a test begins and does not end is not in the log of the next."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _nothing_bound() -> Iterator[None]:
    yield
    structlog.contextvars.clear_contextvars()
