"""`python -m bench compare`: measures the service and its rivals, and prints a table for each database."""

from collections.abc import Sequence

import msgspec
from rich.console import Console

from bench.compare.chart import chart
from bench.compare.measured import measure
from bench.compare.options import parse_options
from bench.compare.results import document
from bench.compare.tables import tables
from bench.program import measured, write_json


def compare(arguments: Sequence[str]) -> None:
    """Ends the program with 1 when not everything was measured."""
    plan, options = parse_options(arguments)
    err = Console(stderr=True, highlight=False)
    found = document(measured(measure(plan, lambda what: err.print(f"{what} ...", style="dim")), err), plan)
    out = Console(highlight=False)
    for table in tables(found):
        out.print(table)
    write_json(options.json, msgspec.to_builtins(found))
    if options.svg is not None:
        options.svg.write_text(chart(found), "utf-8")
