"""The benchmark runs as a program and finds a figure for every row. What the figures are is not a test's business."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.options import parse_options

ROOT = Path(__file__).resolve().parents[2]
WORK = ["history page of 50", "single POST", "batch import", "batch import", "ranking over 16 shards"]


@pytest.mark.dynamodb
def test_every_row_has_figures(tmp_path: Path) -> None:
    written = tmp_path / "bench.json"
    command = [
        sys.executable,
        "-m",
        "bench",
        "--seconds",
        "0.05",
        "--rounds",
        "1",
        "--purchases",
        "510",
        "--json",
        str(written),
    ]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert ended.returncode == 0, ended.stderr
    document = json.loads(written.read_text())
    assert [row["work"] for row in document["rows"]] == WORK
    for row in document["rows"]:
        assert row["ratio"] > 0
        for side in ("serviceRounds", "bareRounds"):
            (only,) = row[side]
            assert only["done"] > 0
            assert only["perSecond"] > 0
        assert row["work"] in ended.stdout
        assert row["bare"].split()[0] in ended.stdout
    assert document["machine"]["cpus"] > 0
    assert document["settings"]["inFlight"] == 16


@pytest.mark.parametrize(
    "arguments",
    [["--seconds", "0"], ["--seconds", "61"], ["--rounds", "0"], ["--rounds", "21"], ["--purchases", "509"]],
)
def test_it_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)

    assert ended.value.code == 2
