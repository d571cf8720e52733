"""The growth's benchmark runs as a program and finds every figure. Those that hold on any machine are held here."""

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from bench.growth.made import FIRST_DAY, LAST_DAY, Stock
from bench.growth.options import parse_options, sizes_up_to

ROOT = Path(__file__).resolve().parents[2]
TINY = ["--largest", "2000", "--seconds", "0.02", "--rounds", "1"]
SERIES = [
    ("history page of 50", "purchases"),
    ("ranking, top 10 of a year", "purchases"),
    ("efficiency of a card's year", "purchases"),
    ("balance", "purchases"),
    ("single POST", "purchases"),
    ("history page", "purchases on a page"),
    ("history page of 50", "clients at once"),
    ("ranking from the views, by view shards", "shards"),
    ("ranking live, by category shards", "shards"),
    ("category page of 50, by category shards", "shards"),
]


@pytest.mark.dynamodb
@pytest.mark.long
def test_every_series_has_figures(tmp_path: Path) -> None:
    written = tmp_path / "growth.json"
    command = [sys.executable, "-m", "bench", "growth", *TINY, "--json", str(written)]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=480)

    assert ended.returncode == 0, ended.stderr
    document = json.loads(written.read_text())
    assert document["settings"]["sizes"] == [200, 2000]
    found = {(one["work"], one["over"]): one for one in document["series"]}
    assert list(found) == SERIES
    for one in document["series"]:
        assert one["work"] in " ".join(ended.stdout.split())
        assert all(point["requests"] > 0 and point["readUnits"] > 0 for point in one["points"])
    assert {found[name]["expected"] for name in SERIES[:5]} == {"flat"}
    _costs_of_capacity(found)


def _costs_of_capacity(found: dict[tuple[str, str], Any]) -> None:
    """These do not depend on the machine: what purchases there are costs nothing, shards and rows cost."""
    for name in SERIES[:5]:
        few, many = (point["readUnits"] + point["writtenUnits"] for point in found[name]["points"])
        assert few == pytest.approx(many, abs=0.5), name
    assert found["single POST", "purchases"]["points"][0]["writtenUnits"] >= 6
    for name in (SERIES[5], *SERIES[7:]):
        units = [point["readUnits"] for point in found[name]["points"]]
        assert units[-1] > units[0] + 10, name
    clients = found["history page of 50", "clients at once"]["points"]
    assert [point["n"] for point in clients] == [1, 4, 16, 64, 256]
    assert len({point["readUnits"] for point in clients}) == 1


@pytest.mark.parametrize(
    ("largest", "sizes"),
    [
        (600, (60, 600)),
        (2_000, (200, 2_000)),
        (100_000, (1_000, 10_000, 100_000)),
        (1_000_000, (1_000, 10_000, 100_000, 1_000_000)),
    ],
)
def test_sizes_are_ten_times_each_other(largest: int, sizes: tuple[int, ...]) -> None:
    assert sizes_up_to(largest) == sizes


@pytest.mark.parametrize(
    "arguments", [["--largest", "599"], ["--largest", "1000001"], ["--rounds", "0"], ["--seconds", "0"]]
)
def test_it_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)

    assert ended.value.code == 2


def test_a_stock_is_one_users_year() -> None:
    stock = Stock(1_000)

    made = list(stock.purchases())

    assert len({one.transaction_id for one in made}) == 1_000
    assert {(one.user_id, one.card_id, one.category) for one in made} == {
        ("user-0001000", "card-0001000", "ALL0001000")
    }
    days = [one.transaction_date for one in made]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (FIRST_DAY, LAST_DAY)
    assert len({one.merchant_name for one in made}) > 10  # a ranking has a page


def test_more_of_a_stock_is_new() -> None:
    stock = Stock(100)

    more = list(islice(stock.more(50, LAST_DAY), 50))

    assert {one.user_id for one in more} == {stock.user_id}
    assert not {one.transaction_id for one in more} & {one.transaction_id for one in stock.purchases()}
    assert {one.transaction_date for one in more} == {LAST_DAY}
