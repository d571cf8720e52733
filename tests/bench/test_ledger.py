"""The ledger's benchmark runs as a program and finds every figure. Those that hold on any machine are held here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.ledger.options import parse_options

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.dynamodb
def test_history_costs_no_capacity(tmp_path: Path) -> None:
    written = tmp_path / "ledger.json"
    command = [sys.executable, "-m", "bench", "ledger", "--entries", "400", "--rounds", "1", "--calls", "3"]

    ended = subprocess.run([*command, "--json", str(written)], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert ended.returncode == 0, ended.stderr
    document = json.loads(written.read_text())
    assert [one["work"] for one in document["growth"]] == [
        "balance now",
        "balance at a past instant",
        "redemption of everything",
    ]
    for one in document["growth"]:
        short, long = one["accounts"]
        assert (short["entries"], long["entries"]) == (40, 400)
        (few,), (many,) = short["rounds"], long["rounds"]
        assert (few["readUnits"], few["writeUnits"]) == (many["readUnits"], many["writeUnits"])
        assert 0 < few["readUnits"] <= 3
        assert one["cpuRatio"] > 0
        assert one["work"].split()[-1] in ended.stdout
    assert [one["openLots"] for one in document["sizes"]] == [1, 40, 400]
    for one in document["sizes"]:
        assert one["earn"]["bytes"] > 500
        assert one["earn"]["writeUnits"] >= 8
        assert one["use"]["writeUnits"] >= 5


@pytest.mark.parametrize(
    "arguments", [["--entries", "79"], ["--entries", "200001"], ["--rounds", "0"], ["--calls", "1001"]]
)
def test_it_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)

    assert ended.value.code == 2
