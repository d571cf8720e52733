"""The table of metrics in docs/observability.md, made of the code, and its examples, run.

`python -m tests.docs.observability` writes them anew.
"""

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from app.embedded import default_home, embedded_dynamodb
from app.meters import Named, Tallies
from app.telemetry import REGISTRY
from tests.conftest import sdk_environment
from tests.docs.readme import rendered
from tests.e2e.service import service

DOCUMENT = Path("docs/observability.md")
_TABLE = re.compile(r"<!-- metrics -->\n.*?\n(?=\nA call to DynamoDB)", re.DOTALL)
_OTHERS = "`process_*`"


def metrics() -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    """Name, kind, labels and meaning of each of ours."""
    for collector in list(REGISTRY._collector_to_names):
        if isinstance(collector, MetricWrapperBase):
            kind = str(collector._type)
            name = collector._name + ("_total" if kind == "counter" else "")
            yield name, kind, tuple(collector._labelnames), collector._documentation
            continue
        counter = getattr(collector, "counter", None)
        if isinstance(counter, Named):
            yield f"{counter.name}_total", "counter", tuple(counter.labels), counter.documentation
        if isinstance(collector, Tallies):
            histogram = collector.histogram
            yield histogram.name, "histogram", tuple(histogram.labels), histogram.documentation


def table() -> str:
    """As the document shows it."""
    rows = [
        f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {meaning} |"
        for name, kind, labels, meaning in sorted(metrics())
    ]
    rows.append(f"| {_OTHERS} | | | CPU seconds, memory in bytes, open files and their limit, of this process. |")
    return "\n".join(["| metric | kind | labels | |", "|---|---|---|---|", *rows])


async def rendered_document(text: str, url: str) -> str:
    """The text as it is to be."""
    text = _TABLE.sub(lambda _: f"<!-- metrics -->\n\n{table()}\n", text)
    return await rendered(text, url)


async def _rendered_by_itself(text: str) -> str:
    async with (
        embedded_dynamodb(home=default_home(os.environ), data=None) as database,
        service({**sdk_environment(database.url), "ENVIRONMENT": "local"}) as one,
    ):
        return await rendered_document(text, one.url)


if __name__ == "__main__":
    DOCUMENT.write_text(asyncio.run(_rendered_by_itself(DOCUMENT.read_text("utf-8"))), "utf-8")
