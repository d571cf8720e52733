"""`python -m bench soak`: a table, and whether what is promised was kept."""

import sys
from collections.abc import Sequence

from rich.console import Console

from bench.loaded_service import Database
from bench.program import measured, write_json
from bench.soak.measured import Plan, measure_soak
from bench.soak.options import parse_options
from bench.soak.report import document, table


def soak(arguments: Sequence[str]) -> None:
    """Ends the program with 1 when not everything was measured, or a promise was not kept."""
    options = parse_options(arguments)
    plan = Plan(Database(options.database), options.share, options.seconds)
    err = Console(stderr=True, highlight=False)
    found = measured(measure_soak(plan, lambda what: err.print(what, style="dim")), err)
    Console(highlight=False).print(table(found, plan))
    write_json(options.json, document(found, plan))
    if not all(found.verdicts().values()):
        sys.exit(1)
