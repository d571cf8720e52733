import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.embedded import guardian
from app.embedded.lock import lock

SERVICE = """
import asyncio, pathlib, sys
from app.embedded import embedded_dynamodb
async def main():
    home, data = (pathlib.Path(argument) for argument in sys.argv[1:])
    async with embedded_dynamodb(home=home, data=data) as endpoint:
        print(endpoint.pid, endpoint._guardian.pid, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
COMMAND = [sys.executable, "-I", "-S", guardian.__file__]


def alive(pid: int) -> bool:
    """A zombie is dead: who reaps an orphan is the machine's business."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def assert_gone(pid: int, *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while alive(pid):
        assert time.monotonic() < deadline, f"process {pid} still runs after {within_s} s"
        time.sleep(0.05)


@pytest.fixture
def service(home: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """A process with an embedded database, Java's pid and its guardian's."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(home), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        java, guard = (int(pid) for pid in process.stdout.readline().split())
        try:
            yield process, java, guard
        finally:
            process.kill()


def test_java_ends_when_the_service_is_killed(service: tuple[subprocess.Popen[str], int, int]) -> None:
    process, java, guard = service
    assert alive(java)
    process.kill()
    assert_gone(java, within_s=5)
    assert_gone(guard, within_s=5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a child with its parent")
def test_java_ends_when_its_guardian_is_killed(service: tuple[subprocess.Popen[str], int, int]) -> None:
    _, java, guard = service
    assert alive(java)
    os.kill(guard, signal.SIGKILL)
    assert_gone(java, within_s=5)


def test_the_data_folder_is_locked_until_java_has_ended(
    service: tuple[subprocess.Popen[str], int, int], tmp_path: Path
) -> None:
    process, java, guard = service
    os.kill(guard, signal.SIGSTOP)  # so that it cannot act yet
    try:
        process.kill()
        process.wait(20)
        assert alive(java)
        assert lock(tmp_path / "lock", wait_s=0.2) is None
    finally:
        os.kill(guard, signal.SIGCONT)
    descriptor = lock(tmp_path / "lock", wait_s=10)
    assert descriptor is not None
    os.close(descriptor)
    assert_gone(java, within_s=1)


def test_java_outlives_ctrl_c_until_the_service_ends(service: tuple[subprocess.Popen[str], int, int]) -> None:
    process, java, guard = service
    assert os.getpgid(java) == os.getpgid(guard) != os.getpgid(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(20)
    assert not alive(java), "an orderly end waits for it"


@pytest.mark.parametrize("ending", ["end of file", "SIGTERM"])
def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path, ending: str) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*COMMAND, sys.executable, "-c", STUBBORN], stdin=subprocess.PIPE, stdout=file, stderr=file
        )
    deadline = time.monotonic() + 10
    while "ready" not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child = int(log.read_text().splitlines()[0].rpartition(" ")[2])
    assert process.stdin is not None
    if ending == "SIGTERM":
        process.terminate()
    else:
        process.stdin.close()
    assert process.wait(guardian.GRACE_S + 5) == 0
    process.stdin.close()
    assert not alive(child)


def test_the_end_of_the_child_ends_the_guardian() -> None:
    command = [*COMMAND, sys.executable, "-c", "raise SystemExit(3)"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.wait(20) == 1
        assert process.stderr is not None
        assert "java ended with status 3" in process.stderr.read()
