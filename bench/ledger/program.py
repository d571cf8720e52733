"""`python -m bench ledger`: measures the ledger, and prints a table for each part."""

from collections.abc import Sequence

from rich.console import Console

from bench.ledger.measured import measure
from bench.ledger.options import parse_options
from bench.ledger.report import document, tables
from bench.program import measured, write_json


def ledger(arguments: Sequence[str]) -> None:
    """Ends the program with 1 when not everything was measured."""
    options = parse_options(arguments)
    err = Console(stderr=True, highlight=False)
    asked = {"entries": options.entries, "rounds": options.rounds, "calls": options.calls}
    found = measured(measure(**asked, say=lambda what: err.print(f"{what} ...", style="dim")), err)
    out = Console(highlight=False)
    for table in tables(found):
        out.print(table)
    write_json(options.json, document(found, asked))
