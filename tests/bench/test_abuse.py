"""The attacks run as a program: every one is refused or cut, and the honest client is answered all the time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.abuse.attacker import Attacked
from bench.abuse.attacks import Kind, attacks
from bench.abuse.honest import asked
from bench.abuse.measured import Round
from bench.abuse.options import parse_options
from bench.abuse.report import holds, percentile, ratios

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024
TINY = ["--requests", "230", "--rounds", "1", "--seconds", "5", "--per-second", "20"]
# Refused by a status, or cut without one: none is left to go on.
REFUSED = {"400", "401", "404", "413", "414", "422", "429", "431", "cut"}


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="memory and descriptors are read from /proc")
def test_attackers_are_refused_and_others_served(tmp_path: Path) -> None:
    written = tmp_path / "abuse.json"
    command = [sys.executable, "-m", "bench", "abuse", *TINY, "--json", str(written)]
    environment = {**os.environ, "REQUEST_RECEIVE_SECONDS": "1"}

    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)

    assert ended.returncode == 0, ended.stderr  # it is not when a single answer to the honest client is wrong
    found = json.loads(written.read_text())
    (measured,) = found["rounds"]
    assert measured["attacked"]["requests"] == measured["quiet"]["requests"] == 100
    assert sum(sum(one["outcomes"].values()) for one in found["attacks"]) == 230
    for one in found["attacks"]:
        assert set(one["outcomes"]) <= REFUSED, one
        assert sum(one["outcomes"].values()) == 10, one
    before, most = found["service"]["before"], found["service"]["most"]
    assert most["memoryBytes"] - before["memoryBytes"] < 60 * MIB
    assert most["descriptors"] - before["descriptors"] < 230
    assert "under attack" in ended.stdout


def test_every_kind_of_attack_is_there_under_a_name_of_its_own() -> None:
    all_of_them = attacks("token")
    assert len({one.name for one in all_of_them}) == len(all_of_them)
    assert {one.kind for one in all_of_them} == set(Kind)
    assert sum(b"Bearer token\r\n" in one.opening for one in all_of_them) >= 10


def test_the_honest_client_records_and_reads_in_turn() -> None:
    requests = asked("x", "t")
    first, second = next(requests), next(requests)
    assert first.request.startswith(b"POST /transactions ")
    assert second.request.startswith(b"GET /users/x-u001/kickbacks")
    assert (first.status, second.status) == (201, 200)


@pytest.mark.parametrize(
    ("seconds", "share", "value"),
    [([1.0], 0.99, 1.0), ([3.0, 1.0, 2.0, 4.0], 0.5, 3.0), ([float(n) for n in range(100)], 0.99, 99.0)],
)
def test_the_value_that_a_share_does_not_exceed(seconds: list[float], share: float, value: float) -> None:
    assert percentile(seconds, share) == value


NOTHING = Attacked({}, 0.0)


def test_rounds_are_compared_each_by_itself() -> None:
    rounds = [Round([1.0], [2.0], NOTHING), Round([10.0], [10.0], NOTHING), Round([1.0], [50.0], NOTHING)]
    assert ratios(rounds, 0.99) == [2.0, 1.0, 50.0]


@pytest.mark.parametrize(("attacked", "promised"), [([2.0, 1.0, 50.0], True), ([2.1, 1.0, 50.0], False)])
def test_it_is_the_median_round_that_has_to_hold(attacked: list[float], promised: bool) -> None:
    rounds = [Round([1.0], [one], NOTHING) for one in attacked]
    assert holds(rounds) is promised


@pytest.mark.parametrize(
    "arguments", [["--requests", "1"], ["--rounds", "0"], ["--seconds", "0"], ["--per-second", "0"]]
)
def test_it_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)

    assert ended.value.code == 2
