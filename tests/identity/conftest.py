"""An issuer for each test."""

from collections.abc import Iterator

import pytest

from tests.identity.issuer import Issuer
from tests.identity.issuer import issuer as listening


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """A new one, listening."""
    with listening() as one:
        yield one
