"""Rigs for faults on real processes."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.processes.database import LocalDatabase, local_database, running
from tests.faults.processes.rig import Rig, rig

_MEMORY = Path("/dev/shm")
MakeRig = Callable[..., AbstractAsyncContextManager[Rig]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the database keeps its tables: in memory where the machine offers that, since it waits for its disk at
    every write. What outlives a killed process there does so on a disk too."""
    return _MEMORY / f"kickbacks-{uuid.uuid4().hex}" if _MEMORY.is_dir() else tmp_path / "data"


@pytest.fixture
def make_rig(tmp_path: Path, data: Path) -> MakeRig:
    """One with other settings of the service."""

    @asynccontextmanager
    async def make(
        *, database: LocalDatabase | None = None, direct: bool = False, log: Path | None = None, **settings: str
    ) -> AsyncIterator[Rig]:
        async with (
            running(database or local_database(data)) as one,
            rig(tmp_path, one, direct=direct, log=log, **settings) as whole,
        ):
            yield whole

    return make
