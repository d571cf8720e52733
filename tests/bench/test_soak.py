"""The soak's benchmark: what it promises is judged by rules that can fail, and it runs as a program."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.http_client import Unexpected
from bench.soak.inside import Held
from bench.soak.options import parse_options
from bench.soak.verdicts import Soak, slope
from bench.soak.watching import Moment, Watcher

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024
REST = Moment(0, 0, 100 * MIB, 50, Held(5, 10_000, 0))


@pytest.mark.dynamodb
@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_short_soak(tmp_path: Path) -> None:
    written = tmp_path / "soak.json"
    command = [sys.executable, "-m", "bench", "soak", "--seconds", "6", "--share", "30", "--json", str(written)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)

    assert ended.returncode in (0, 1), ended.stderr  # caches are not full after some seconds
    found = json.loads(written.read_text())
    assert set(found["statuses"]) == {"200", "201"}
    assert sum(found["statuses"].values()) == pytest.approx(6 * found["perSecond"], rel=0.05)
    assert len(found["moments"]) > 10
    assert all(one["memoryBytes"] > 10 * MIB and one["tasks"] > 0 for one in found["moments"])
    assert len(found["promises"]) == 6


def soak(
    *,
    bytes_a_minute: float = 0,
    descriptors: int = 0,
    tasks: int = 0,
    objects: int = 0,
    garbage: int = 0,
    status: int = 201,
) -> Soak:
    """Three minutes, of which the first has caches fill; a hundred requests in all."""
    moments = [
        Moment(
            seconds,
            seconds,
            int(
                100 * MIB + min(seconds, 60) * MIB + bytes_a_minute * seconds / 60 + (5 * MIB if seconds == 100 else 0)
            ),
            80,
            Held(20, 12_000, 0),
        )
        for seconds in range(0, 181, 10)
    ]
    after = Moment(0, 0, 160 * MIB, 50 + descriptors, Held(5 + tasks, 10_000 + objects, garbage))
    return Soak(100, 80, REST, moments, after, {200: 99, status: 1})


def test_what_is_promised_is_kept() -> None:
    found = soak(bytes_a_minute=MIB / 2, descriptors=16, tasks=2, objects=9)
    assert all(found.verdicts().values())
    assert found.bytes_per_minute == pytest.approx(MIB / 2, rel=0.01)


@pytest.mark.parametrize(
    ("number", "broken"),
    [
        (0, soak(bytes_a_minute=1.1 * MIB)),
        (1, soak(descriptors=17)),
        (2, soak(tasks=3)),
        (3, soak(objects=11)),
        (4, soak(garbage=1)),
        (5, soak(status=503)),
    ],
)
def test_each_promise_can_be_broken(number: int, broken: Soak) -> None:
    assert list(broken.verdicts().values()) == [place != number for place in range(6)]


def test_a_slope_heeds_no_single_point() -> None:
    assert slope([(0, 0), (1, 2), (2, 4), (3, 6), (4, 1000), (5, 10)]) == pytest.approx(2)
    assert slope([(0, 5)]) == 0


async def test_what_does_not_tell_is_no_measurement(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bench.soak.watching._ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(os, "kill", lambda *_: None)
    (tmp_path / "told").touch()
    with pytest.raises(Unexpected):
        await Watcher(os.getpid(), tmp_path / "told").held(at_rest=False)


@pytest.mark.parametrize(
    "arguments", [["--seconds", "5"], ["--seconds", "1801"], ["--share", "0"], ["--database", "x"]]
)
def test_it_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)

    assert ended.value.code == 2
