import os
from pathlib import Path

import pytest

from app.embedded import default_home, ensure_distribution


@pytest.fixture(scope="session")
def home() -> Path:
    """The real distribution, fetched at most once per checkout."""
    folder = default_home(os.environ)
    ensure_distribution(folder)
    return folder
