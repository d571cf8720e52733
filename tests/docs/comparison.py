"""The part of the READMEs about the service beside its rivals, and the chart, made from what was measured.

`python -m tests.docs.comparison` draws the chart anew from the committed results.
"""

from pathlib import Path

import msgspec

from bench.compare.chart import chart
from bench.compare.document import RATIOS, DatabasePart, Document, SideRounds
from bench.compare.tables import figure

RESULTS = Path("docs/benchmark-compare.json")
CHART = Path("docs/benchmark-compare.svg")
_NAMES = [f"{above}/{below}" for above, below in RATIOS]


def committed() -> Document:
    """The committed results of `make bench`."""
    return msgspec.json.decode(RESULTS.read_bytes(), type=Document)


def comparison_rows() -> list[str]:
    """The chart, CPU on the canned database, requests per second on the real one, and what a request costs."""
    canned, local = (_part(committed(), against) for against in ("canned", "local"))
    return [
        f"![CPU time of the server for each request]({CHART})",
        "",
        *_cpu(canned),
        "",
        *_speed(local),
        "",
        *_costs(canned),
        "",
        "Floor: no framework, unsigned prepared calls, nothing checked. Aiodynamo: FastAPI on the aiodynamo client."
        " Resource: FastAPI, aioboto3's `Table` and pydantic models. Threads: FastAPI on boto3 in a thread pool. One"
        " worker each, kept to one core; ratios are medians of rounds ([bench/rivals](bench/rivals)).",
    ]


def _cpu(part: DatabasePart) -> list[str]:
    sides = _sides(part)
    rows = _head("CPU ms, DynamoDB answered from memory", *sides, *(name.replace("/", " / ") for name in _NAMES))
    for work in part.works:
        cells = [figure(side.median("cpu_ms")) for side in work.sides]
        rows.append(_row(work.title, *cells, *(figure(work.ratios.get(name)) for name in _NAMES)))
    return rows


def _speed(part: DatabasePart) -> list[str]:
    rows = _head("requests per second (p50, p99 ms), DynamoDB Local", *_sides(part))
    for work in part.works:
        rows.append(_row(work.title, *(_pace(side) for side in work.sides)))
    return rows


def _pace(side: SideRounds) -> str:
    pace, half, most = (figure(side.median(name)) for name in ("per_second", "p50_ms", "p99_ms"))
    return f"{pace} ({half}, {most})"


def _costs(part: DatabasePart) -> list[str]:
    rows = _head("a request to the service", "DynamoDB calls", "read units", "write units", "bytes")
    for work in part.works:
        own = next(side for side in work.sides if side.side == "service")
        costs = [own.calls(), *(own.median(name) for name in ("read_units", "write_units", "body_bytes"))]
        rows.append(_row(work.title, *map(figure, costs)))
    return rows


def _sides(part: DatabasePart) -> list[str]:
    return [side.side for side in part.works[0].sides]


def _part(document: Document, against: str) -> DatabasePart:
    return next(part for part in document.databases if part.against == against)


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    CHART.write_text(chart(committed()), "utf-8")
