"""The committed comparison is whole, and its chart shows it."""

from bench.compare.chart import chart
from bench.compare.document import RATIOS, ratios_of
from bench.compare.sides import Side
from bench.compare.works import Work
from tests.docs.comparison import CHART, committed


def test_the_chart_shows_the_committed_results() -> None:
    assert CHART.read_text("utf-8") == chart(committed()), "run `python -m tests.docs.comparison`"


def test_everything_was_measured_beside_everything() -> None:
    document = committed()
    assert document.machine["pinned"]
    assert [part.against for part in document.databases] == ["canned", "local"]
    for part in document.databases:
        assert [work.work for work in part.works] == [work.value for work in Work]
        for work in part.works:
            assert [side.side for side in work.sides] == [side.value for side in Side]
            assert {len(side.rounds) for side in work.sides} == {document.settings["rounds"]}
            assert work.ratios == ratios_of(work.sides)
            assert len(work.ratios) == len(RATIOS)
