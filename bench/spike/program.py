"""`python -m bench spike`: a table, and whether what is promised was kept."""

import sys
from collections.abc import Sequence

from rich.console import Console

from bench.loaded_service import Database
from bench.program import measured, write_json
from bench.spike.measured import Plan, measure_spike
from bench.spike.options import parse_options
from bench.spike.report import document, table


def spike(arguments: Sequence[str]) -> None:
    """Ends the program with 1 when not everything was measured, or a promise was not kept."""
    options = parse_options(arguments)
    plan = Plan(Database(options.database), options.usual, options.seconds, options.quiet_seconds)
    err = Console(stderr=True, highlight=False)
    found = measured(measure_spike(plan, lambda what: err.print(f"{what} ...", style="dim")), err)
    Console(highlight=False).print(table(found, plan))
    write_json(options.json, document(found, plan))
    if not all(found.spike.verdicts().values()):
        sys.exit(1)
