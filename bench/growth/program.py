"""`python -m bench growth`: measures every series, and prints a table for each."""

from collections.abc import Sequence

from rich.console import Console

from bench.growth.measured import Plan, measure
from bench.growth.options import parse_options, sizes_up_to
from bench.growth.report import document, tables
from bench.growth.series import Pace
from bench.program import measured, write_json


def growth(arguments: Sequence[str]) -> None:
    """Ends the program with 1 when not everything was measured."""
    options = parse_options(arguments)
    err = Console(stderr=True, highlight=False)
    plan = Plan(sizes_up_to(options.largest), Pace(options.seconds, options.rounds))
    found = measured(measure(plan, lambda what: err.print(f"{what} ...", style="dim")), err)
    out = Console(highlight=False)
    for table in tables(found):
        out.print(table)
    asked = {"sizes": plan.sizes, "seconds": options.seconds, "rounds": options.rounds}
    write_json(options.json, document(found, asked))
