"""The comparison runs as a program, finds every figure, and refuses to compare what is not alike."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from bench.compare.alike import check_alike
from bench.compare.chart import chart
from bench.compare.cores import cores
from bench.compare.counting import Counts
from bench.compare.document import DatabasePart, Document, Round, SideRounds, WorkPart, ratios_of
from bench.compare.options import parse_options
from bench.compare.sides import Side
from bench.compare.works import Work
from bench.http_client import Unexpected

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
CALLS = {"history": 1, "post": 2, "balance": 1}


@pytest.mark.dynamodb
@pytest.mark.parametrize(
    ("against", "works"),
    [("canned", list(Work)), pytest.param("local", [Work.HISTORY, Work.POST], marks=pytest.mark.long)],
)
def test_every_side_has_figures(tmp_path: Path, against: str, works: list[Work]) -> None:
    written, drawn = tmp_path / "compare.json", tmp_path / "compare.svg"
    short = ["--rounds", "1", "--seconds", "0.1", "--side", "floor", "--against", against]
    chosen = [argument for work in works for argument in ("--only", work)]
    files = ["--json", str(written), *(["--svg", str(drawn)] if against == "canned" else [])]

    ended = subprocess.run(
        [sys.executable, "-m", "bench", "compare", *short, *chosen, *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=480,
    )

    assert ended.returncode == 0, ended.stderr
    document = msgspec.json.decode(written.read_bytes(), type=Document)
    (part,) = document.databases
    assert (part.against, [work.work for work in part.works]) == (against, [work.value for work in works])
    for work in part.works:
        assert work.ratios.keys() == {"service/floor"}
        assert work.title in ended.stdout
        assert [side.side for side in work.sides] == ["service", "floor"]
        for side in work.sides:
            (only,) = side.rounds
            assert min(only.done, only.per_second, only.body_bytes) > 0
            assert 0 < only.p50_ms <= only.p99_ms
            assert (only.read_units is not None) == (side.side == "service")
            assert (only.calls is not None) == (against == "canned")
            if only.calls is not None and work.work in CALLS:
                assert sum(only.calls.values()) == CALLS[work.work]
    if against == "canned":
        assert drawn.read_text("utf-8") == chart(document)


def rounds(side: str, *cpu_ms: float | None) -> SideRounds:
    return SideRounds(side, [Round(10, 0.1, 100.0, cpu, 0.1, 1.0, 2.0, 400, None, None, None) for cpu in cpu_ms])


def document_of(*sides: SideRounds, against: str = "canned") -> Document:
    machine = {"cpus": 2, "python": "3.11.7", "system": "Linux", "processor": "A & B", "pinned": True}
    works = [WorkPart("history", "history page of 50", ratios_of(sides), list(sides))]
    return Document(machine, {}, {"rounds": 2, "seconds": 0.5, "inFlight": 8}, [DatabasePart(against, works)])


@pytest.mark.parametrize(
    ("service", "others", "wanted"),
    [
        # Each round is compared in itself: a machine that was slower in one of them changes nothing.
        ([1.0, 2.0, 4.0], {"floor": [0.5, 1.0, 2.0]}, {"service/floor": 2.0}),
        ([1.0, 1.0, 1.0], {"resource": [6.0, 7.0, 100.0]}, {"resource/service": 7.0}),
        ([1.0], {"aiodynamo": [1.5], "threads": [3.0]}, {"aiodynamo/service": 1.5, "threads/service": 3.0}),
        ([None], {"floor": [1.0]}, {}),
        ([1.0], {}, {}),
    ],
)
def test_ratios_are_of_rounds(
    service: list[float | None], others: dict[str, list[float | None]], wanted: dict[str, float]
) -> None:
    assert ratios_of([rounds("service", *service), *(rounds(name, *cpu) for name, cpu in others.items())]) == wanted


def test_a_side_that_does_not_tell_has_no_median() -> None:
    assert rounds("service", 1.0, 3.0, 2.0).median("cpu_ms") == 2.0
    assert rounds("service", 1.0, None).median("cpu_ms") is None
    assert rounds("service", 1.0).calls() is None


def test_the_chart_has_a_bar_for_each_side_as_long_as_its_cpu() -> None:
    drawn = ElementTree.fromstring(chart(document_of(rounds("service", 0.5, 0.7), rounds("resource", 6.0))))
    _, _, *widths = (float(one.get("width", "")) for one in drawn.findall(f"{SVG}rect"))  # behind those of the legend
    texts = [one.text or "" for one in drawn.iter(f"{SVG}text")]
    assert len(widths) == 2
    assert widths[1] / widths[0] == pytest.approx(10, rel=0.01)
    assert {"0.60", "6.00", "this service", "aioboto3 resource", "history page of 50"} <= set(texts)
    assert any("milliseconds" in text for text in texts)
    assert any("A & B" in text for text in texts)


@pytest.mark.parametrize(
    "document", [document_of(rounds("service", 1.0), against="local"), document_of(rounds("service", None))]
)
def test_there_is_no_chart_of_nothing(document: Document) -> None:
    with pytest.raises(ValueError, match=r"measured|read"):
        chart(document)


@pytest.mark.parametrize(
    ("work", "answer", "wanted", "same"),
    [
        (Work.HISTORY, {"items": [1], "nextCursor": "a"}, {"items": [1], "nextCursor": "b"}, True),
        (Work.HISTORY, {"items": [1], "nextCursor": "a"}, {"items": [2], "nextCursor": "a"}, False),
        (Work.HISTORY, {"items": [1], "nextCursor": "a"}, {"items": [1], "nextCursor": None}, False),
        (Work.RANKING, {"asOf": "1", "items": []}, {"asOf": "2", "items": []}, True),
        (Work.RANKING, {"items": []}, {"items": [], "final": True}, False),
        (Work.BALANCE, [{"asOf": "1", "balance": 1}], [{"asOf": "2", "balance": 1}], True),
        (Work.BALANCE, [{"balance": 1}], [{"balance": 2}], False),
        (Work.BALANCE, [], [{"balance": 2}], False),
        (Work.POST, {"userId": "a", "ledger": {"type": "X"}}, {"userId": "b", "ledger": {"type": "X"}}, True),
        (Work.POST, {"ledger": {"type": "X"}}, {"userId": "b", "ledger": {"type": "X"}}, False),
        (Work.POST, {"ledger": {}}, {"ledger": {"type": "X"}}, False),
    ],
)
def test_only_what_is_alike_is_compared(work: Work, answer: object, wanted: object, same: bool) -> None:
    ours, theirs = [json.dumps(answer).encode()], [json.dumps(wanted).encode()]
    if same:
        check_alike("floor", work, ours, theirs)
    else:
        with pytest.raises(Unexpected, match="floor answers"):
            check_alike("floor", work, ours, theirs)


def test_counts_are_those_since_before() -> None:
    before, after = Counts({"Query": 5, "PutItem": 1}, 2), Counts({"Query": 9, "PutItem": 1, "GetItem": 1}, 3)
    assert after.since(before) == Counts({"Query": 4, "GetItem": 1}, 1)


def test_servers_and_their_neighbours_are_kept_apart() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        apart = cores()
        if sys.platform == "linux" and apart.pinned:
            apart.keep_servers([sleeper.pid])
            assert os.sched_getaffinity(sleeper.pid) == apart.server
            apart.keep_others([sleeper.pid])
            assert os.sched_getaffinity(sleeper.pid) == apart.others
            apart.release([sleeper.pid])
            assert os.sched_getaffinity(sleeper.pid) == os.sched_getaffinity(0)
    finally:
        sleeper.kill()
        sleeper.wait()


def test_nothing_is_kept_to_a_core_where_there_is_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    alone = cores()
    alone.keep_servers([1])  # would be refused
    assert not alone.pinned


@pytest.mark.parametrize(
    ("arguments", "works", "sides", "against"),
    [
        ([], list(Work), list(Side), ["canned", "local"]),
        (["--only", "post", "--only", "history"], [Work.HISTORY, Work.POST], list(Side), ["canned", "local"]),
        (["--side", "floor", "--against", "local"], list(Work), [Side.SERVICE, Side.FLOOR], ["local"]),
    ],
)
def test_what_is_compared_can_be_chosen(
    arguments: list[str], works: list[Work], sides: list[Side], against: list[str]
) -> None:
    plan, _ = parse_options(arguments)
    assert (list(plan.works), list(plan.sides), list(plan.against)) == (works, sides, against)


@pytest.mark.parametrize(
    "arguments", [["--seconds", "0"], ["--rounds", "0"], ["--rounds", "51"], ["--only", "no"], ["--against", "no"]]
)
def test_it_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)

    assert ended.value.code == 2
