"""Capacity on paper: agrees with what was measured, with the budgets of requests, and with itself."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.settings import Settings
from bench.capacity.facts import limit, partitions, places, shards_needed
from bench.capacity.hot_keys import hot_keys
from bench.capacity.inputs import Inputs, Zipf
from bench.capacity.items import TABLE, facts_of_purchase, transaction_units
from bench.capacity.measured import Cpu, cpu_of_requests
from bench.capacity.operations import PAGE, page_units, ranking_units
from bench.capacity.projecting import RowKind, counting, hot_category, hot_rows, most_lines, row_kinds, rows_saved
from bench.capacity.shared_reads import shared_reads
from bench.capacity.shares import Group, even, expected_distinct, largest, of_list, together, touched, zipf
from bench.capacity.view_items import category_row
from bench.compare.document import DatabasePart, Document, Round, SideRounds, WorkPart
from bench.views.crowd import EXPONENT
from bench.views.crowd import Crowd as MeasuredCrowd
from tests.http.budgets_reading import RANKING, READING
from tests.http.budgets_recording import RECORDING

INPUTS = Inputs()
VIEWS: dict[str, Any] = json.loads(Path("docs/benchmark-views.json").read_text("utf-8"))
MEASURED = {one["batch"]: one for one in VIEWS["units"]["batches"]}
BUDGETED_PURCHASE_BYTES = 430  # those of the budgets have shorter ids


@cache
def measured_kinds() -> list[RowKind]:
    """Of the crowd of the benchmark, in which a merchant has one category, and a batch one day."""
    crowd = MeasuredCrowd()
    merchants = zipf(Zipf(crowd.merchants, EXPONENT))
    categories = [0.0] * len(crowd.categories)
    for rank, group in enumerate(merchants):
        categories[rank % len(categories)] += group.share
    cards, users = (zipf(Zipf(members, EXPONENT)) for members in (crowd.cards, crowd.users))
    shards = Settings.model_fields["view_shards"].default
    return row_kinds(of_list(categories), cards, merchants, users, shards=shards, seconds=1)


@pytest.mark.parametrize("batch", MEASURED)
def test_counting_is_computed_as_it_was_measured(batch: int) -> None:
    computed = counting(measured_kinds(), batch=batch, lines=1, counted=VIEWS["units"]["warm"])
    assert computed.rows == pytest.approx(MEASURED[batch]["rows"], rel=0.1)
    assert computed.units == pytest.approx(MEASURED[batch]["puts"], rel=0.1)


def test_a_purchase_writes_what_its_budget_and_the_benchmark_say() -> None:
    units = sum(one.units for one in facts_of_purchase())
    assert units == transaction_units() == RECORDING[0].write_units == VIEWS["units"]["facts"]


def test_reads_are_those_of_their_budgets() -> None:
    page = next(one for one in READING if one.what == "a page of 50")
    assert page_units(PAGE, BUDGETED_PURCHASE_BYTES) == page.read_units
    assert page_units(PAGE) >= page.read_units
    ranking = RANKING[0]
    shards = ranking.calls["Query views/ScoreIndex"]
    assert shards == INPUTS.crowd.view_shards == Settings.model_fields["view_shards"].default
    # Where all shards have members, as in the benchmark of growth; there perhaps with the categories.
    measured = VIEWS["growth"][-1]["viewsRounds"][0]["readUnits"]
    assert measured - ranking_units(shards) in (0, shared_reads(INPUTS, 1).category_units)


def test_each_place_has_a_throughput_of_its_own() -> None:
    table, *indexes = places(facts_of_purchase(), 30_000.0, INPUTS)
    assert (table.where, table.units, table.over_quota) == (TABLE, 80_000, True)
    assert table.partitions == (80 + 10) * 2
    assert [(one.units, one.partitions, one.over_quota) for one in indexes] == [(10_000, 20, False)] * 4
    ages = [partitions(table, months, INPUTS) for months in (1, 12, 120)]
    assert ages == sorted(ages)
    assert ages[2] == pytest.approx(120 * table.bytes_each * 10**9 / 7.5e9, abs=1)


def test_a_category_with_30_percent_of_all_needs_six_shards_and_throttles_at_3333_with_one() -> None:
    assert shards_needed(0.3, 1.0, INPUTS) == 6
    assert limit(0.3, 1.0, 1, INPUTS) == pytest.approx(3_333.3, abs=0.1)


def test_no_key_of_the_facts_is_beyond_its_partition_at_the_headline() -> None:
    assert [one.key for one in hot_keys(INPUTS) if not one.holds(INPUTS)] == []


@pytest.mark.parametrize(("lines", "seconds"), [(100, 1.0), (200, 2.0), (400, 4.8)])
def test_what_a_hot_row_of_a_category_needs(lines: int, seconds: float) -> None:
    """One writer after the other, 10 ms each, until marks make the row too large for that."""
    (row,) = (one for one in hot_rows(INPUTS, lines) if one.name.startswith("category"))
    size = category_row()
    assert row.bytes == size.base + lines * size.mark
    assert row.writes == pytest.approx(lines, rel=0.01)
    assert row.seconds == pytest.approx(seconds, rel=0.01)


def test_what_everybody_reads_grows_with_the_lines() -> None:
    one, many = shared_reads(INPUTS, 1), shared_reads(INPUTS, 250)
    assert (one.processes, one.category_processes) == (750, 3_000)
    assert many.processes < 12
    assert many.category_processes < 150
    assert most_lines(INPUTS) * category_row().mark < INPUTS.rules.item_bytes


@settings(max_examples=30)
@given(st.integers(1, 20_000), st.floats(0, 2))
def test_shares_add_up(members: int, exponent: float) -> None:
    shares = zipf(Zipf(members, exponent))
    assert sum(group.members for group in shares) == members
    assert sum(group.share * group.members for group in shares) == pytest.approx(1)
    assert largest(shares) == shares[0].share


@given(st.integers(1, 500), st.integers(1, 2_000))
def test_no_more_members_are_touched_than_there_are_or_than_are_drawn(members: int, draws: int) -> None:
    distinct = expected_distinct(even(members), draws)
    assert 0 < distinct <= min(members, draws) + 1e-6
    assert expected_distinct(even(members), draws + 1) >= distinct


def test_two_draws_of_two_touch_one_and_a_half() -> None:
    assert expected_distinct(even(2), 2) == pytest.approx(1.5)
    assert touched(1.0, 1) == 1.0
    assert together((Group(0.5, 2),), (Group(0.25, 4),)) == (Group(0.125, 8),)


@settings(max_examples=20)
@given(st.floats(1, 5_000), st.floats(1, 10))
def test_larger_batches_never_save_more_rows_for_a_purchase(batch: float, times: float) -> None:
    kinds = measured_kinds()
    assert rows_saved(kinds, batch * times) <= rows_saved(kinds, batch) + 1e-9
    assert rows_saved(kinds, 1) == pytest.approx(13)


def test_a_categorys_row_is_written_once_for_each_batch_of_each_line() -> None:
    rows = [hot_category(INPUTS, lines=16, wait=wait, rate=10_000) for wait in (1.0, 10.0)]
    assert [row.writes for row in rows] == pytest.approx([16, 1.6], rel=0.01)
    assert rows[0].units == 1
    quiet = hot_category(INPUTS, lines=100, wait=1.0, rate=100)  # a batch of one, and three in ten are of that category
    assert quiet.writes == pytest.approx(30)


def test_cpu_is_that_of_the_comparison_where_there_is_one(tmp_path: Path) -> None:
    without = cpu_of_requests(tmp_path / "none.json")
    assert {*without} == {"history", "post", "balance", "ranking", "efficiency"}
    written = tmp_path / "benchmark-compare.json"
    written.write_bytes(msgspec.json.encode(_comparison("history", [0.9, 0.5, 0.7])))
    assert cpu_of_requests(written) == without | {"history": Cpu("history", 0.7, "benchmark-compare.json, canned")}


def _comparison(work: str, cpu_ms: list[float]) -> Document:
    """As the comparison writes it: another side and another database beside the one that is looked for."""
    databases = []
    for against, factor in (("local", 3.0), ("canned", 1.0)):
        sides = [
            SideRounds(side, [_round(slower * factor * one) for one in cpu_ms])
            for side, slower in (("floor", 0.5), ("service", 1.0))
        ]
        databases.append(DatabasePart(against, [WorkPart(work, work, {}, sides)]))
    return Document({}, {}, {}, databases)


def _round(cpu_ms: float) -> Round:
    return Round(1, 1.0, 1.0, cpu_ms, None, 1.0, 1.0, 1.0, None, None, None)
