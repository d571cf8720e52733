"""How fast the projector counts what an import has recorded, beside the import itself and bare writes of the same rows.

Each round imports, counts the import's stream records with single puts, counts them again in another generation with
transactions, and writes the rows of both once more without any projector.
"""

from collections import defaultdict
from contextlib import AsyncExitStack
from enum import StrEnum
from typing import Any

from app.bootstrap import open_projector
from app.settings import Settings
from bench.http_client import Unexpected
from bench.load import import_lines
from bench.views.bare_rows import write_rows
from bench.views.crowd import Crowd, body_of, purchases
from bench.views.projecting import Passed, Projecting

CROWD = Crowd()
TOGETHER = 100
_MONTH = "2023-05"
_MOST = 20_000


class Pass(StrEnum):
    """What is measured, in this order."""

    IMPORT = "batch import"
    SINGLES = "projector, single puts"
    BARE_SINGLES = "bare single puts"
    GROUPS = "projector, transactions of 100"
    BARE_GROUPS = "bare transactions of 100"


Passes = dict[Pass, list[Passed]]


async def measure_speed(
    settings: Settings, client: Any, service_url: str, database_url: str, *, seconds: float, rounds: int
) -> Passes:
    """The service records in the same tables, and no other projector is there. A round before the first warms up."""
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_projector(settings))
        sides = {
            group: Projecting(settings, client, parts.stream, group=group, number=900_010 + group)
            for group in (1, TOGETHER)
        }
        measured: Passes = defaultdict(list)
        for number in range(rounds + 1):
            found: Passes = defaultdict(list)
            lines = (body_of(one) for one in purchases(f"speed{number}", CROWD, _MONTH, _MOST))
            created, took = await import_lines(service_url, lines, seconds=seconds if number else seconds / 2)
            found[Pass.IMPORT].append(Passed(created, 0, took))
            for which, bare, group in (
                (Pass.SINGLES, Pass.BARE_SINGLES, 1),
                (Pass.GROUPS, Pass.BARE_GROUPS, TOGETHER),
            ):
                side = sides[group]
                counted = await side.count()
                if counted.purchases != created:
                    raise Unexpected(f"{counted.purchases} of {created} purchases came from the stream")
                found[which].append(counted)
                found[bare].append(await write_rows(database_url, settings, side.writer.batches, group=group))
            if number:
                for one, passed in found.items():
                    measured[one] += passed
        return measured
