"""The views' benchmark runs as a program and finds every figure. What the figures are is not a test's business, but
those that must hold on any machine are."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.views.crowd import Crowd, purchases
from bench.views.options import parse_options

ROOT = Path(__file__).resolve().parents[2]
TINY = ["--largest", "2000", "--seconds", "0.1", "--rounds", "1", "--warm", "20", "--measured", "10", "--posts", "2"]
PASSES = [
    "batch import",
    "projector, single puts",
    "bare single puts",
    "projector, transactions of 100",
    "bare transactions of 100",
]


@pytest.mark.dynamodb
@pytest.mark.long
def test_every_part_has_figures(tmp_path: Path) -> None:
    written = tmp_path / "views.json"
    command = [sys.executable, "-m", "bench", "views", *TINY, "--json", str(written)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=480)

    assert ended.returncode == 0, ended.stderr
    document = json.loads(written.read_text())
    assert document["machine"]["cpus"] > 0
    assert document["settings"]["sizes"] == [20, 200, 2000]
    for part in document["growth"]:
        thirds, (live,) = part["viewsRounds"], part["liveRounds"]
        assert len(thirds) == 3
        assert sum(one["done"] for one in thirds) == part["views"]["done"] > 0
        assert 0 < part["views"]["readUnits"] <= 10
        assert live["readUnits"] > 0
        assert part["answerBytes"] > 1_000
    assert document["growth"][2]["liveRounds"][0]["readUnits"] > document["growth"][2]["viewsRounds"][0]["readUnits"]
    assert document["cardYearItems"]["most"] <= 42
    assert [one["batch"] for one in document["units"]["batches"]] == [1, 25, 100, 1000]
    for one in document["units"]["batches"]:
        assert one["rows"] <= 13  # 10 of the purchase, 3 of its ledger entry
        assert one["puts"] < one["transactions"]
    assert list(document["speed"]) == PASSES
    for passed in document["speed"].values():
        assert passed[0]["purchases"] + passed[0]["rows"] > 0
        assert passed[0]["seconds"] > 0
    assert len(document["freshness"]["ms"]) == 2
    for title in (
        "read capacity",
        "Capacity units for each purchase",
        "beside the import",
        "From the answer to a POST",
    ):
        assert title in " ".join(ended.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [["--largest", "1999"], ["--largest", "100001"], ["--seconds", "0"], ["--rounds", "21"], ["--posts", "0"]],
)
def test_it_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)

    assert ended.value.code == 2


def test_the_same_name_makes_the_same_purchases_and_few_have_most() -> None:
    made = list(purchases("one", Crowd(), "2023-05", 2_000))
    assert made == list(purchases("one", Crowd(), "2023-05", 2_000))
    assert len({one.transaction_id for one in made}) == 2_000
    days = [one.transaction_date for one in made]
    assert days == sorted(days)
    assert (days[0].day, days[-1].day) == (1, 28)
    of_first = sum(one.merchant_name.endswith("000") for one in made)
    assert 0.15 < of_first / 2_000 < 0.35  # 1 / sum(k^-1.2 for k in 1..200) is 0.26
    by_merchant = {one.merchant_name: one.category for one in made}
    assert all(by_merchant[one.merchant_name] == one.category for one in made)
