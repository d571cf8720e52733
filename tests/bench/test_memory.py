"""The memory's benchmark runs as a program; what it calls steady is steady."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.canned.requests import Request
from bench.http_client import Unexpected
from bench.memory.empty import EmptyTable
from bench.memory.options import parse_options
from bench.memory.resident import Resident, resident
from bench.memory.watching import Moment, Watched, watching

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024


@pytest.mark.dynamodb
@pytest.mark.long
def test_a_batch_streams_through(tmp_path: Path) -> None:
    written = tmp_path / "memory.json"
    command = [sys.executable, "-m", "bench", "memory", "--lines", "2000", "--real-lines", "1000"]

    ended = subprocess.run([*command, "--json", str(written)], cwd=ROOT, capture_output=True, text=True, timeout=480)

    assert ended.returncode == 0, ended.stderr
    stub, real = json.loads(written.read_text())["batches"]
    assert (stub["lines"], real["lines"]) == (2_000, 1_000)
    for one in (stub, real):
        peaks = list(one["mostBytes"].values())
        assert peaks == sorted(peaks)
        assert peaks[0] > 10 * MIB
        assert peaks[-1] - peaks[0] < 60 * MIB  # what is under way, and caches
        assert one["moments"][0]["lines"] == 0
    assert "second half" in ended.stdout


@pytest.mark.parametrize(
    ("most", "late_growth", "steady"),
    [
        ([100, 110, 120, 120, 120], 0.0, True),  # caches fill, then it stays
        ([100, 110, 120, 125, 131], 11 / 120, True),
        ([100, 110, 120, 125, 132], 0.10, False),
        ([50, 100, 150, 200, 250], 100 / 150, False),  # as much for each line
    ],
)
def test_steady_is_a_second_half_that_needs_no_more(most: list[int], late_growth: float, steady: bool) -> None:
    moments = [Moment(25 * place, Resident(one * MIB, one * MIB)) for place, one in enumerate(most)]

    watched = Watched(100, moments)

    assert watched.most_until(0.5) == most[2] * MIB
    assert watched.late_growth == pytest.approx(late_growth)
    assert watched.is_steady is steady


def test_what_grew_before_a_moment_counts_until_it() -> None:
    """Between two looks the middle was passed: what is seen after it belongs to the second half."""
    moments = [Moment(lines, Resident(most, most)) for lines, most in ((0, 10), (49, 20), (51, 30), (100, 40))]

    assert Watched(100, moments).most_until(0.5) == 20
    assert Watched(100, moments).most_until(0.0) == 10


async def test_it_is_looked_at_until_the_end() -> None:
    answered = 0

    async with watching(os.getpid(), lambda: answered) as moments:
        answered = 7

    assert [one.lines for one in moments] == [0, 7]
    assert all(one.memory.most >= one.memory.now > MIB for one in moments)


def test_a_process_that_grows_is_seen_to() -> None:
    before = resident(os.getpid())
    much = b"x" * (2 * before.most)

    after = resident(os.getpid())

    assert after.most - before.most >= before.most
    assert len(much) > 0


def test_a_process_that_is_not_there_is_no_measurement() -> None:
    with pytest.raises(Unexpected):
        resident(2**22 + 1)


@pytest.mark.parametrize(
    ("target", "body"),
    [("Query", b'"Items":[]'), ("GetItem", b"{}"), ("PutItem", b"{}"), ("TransactWriteItems", b"{}")],
)
def test_nothing_is_there_and_everything_can_be_written(target: str, body: bytes) -> None:
    answer = EmptyTable().known(_request(target))

    assert answer is not None
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert body in answer.partition(b"\r\n\r\n")[2]


def test_what_a_batch_does_not_ask_has_no_answer() -> None:
    assert EmptyTable().known(_request("Scan")) is None


def _request(operation: str) -> Request:
    return Request(f"DynamoDB_20120810.{operation}".encode(), b"{}", b"", closes=False)


@pytest.mark.parametrize("arguments", [["--lines", "999"], ["--lines", "10000001"], ["--real-lines", "0"]])
def test_it_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)

    assert ended.value.code == 2
