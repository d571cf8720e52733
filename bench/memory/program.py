"""`python -m bench memory`: streams batches, and prints a table."""

from collections.abc import Sequence

from rich.console import Console

from bench.memory.measured import measure
from bench.memory.options import parse_options
from bench.memory.report import document, table
from bench.program import measured, write_json


def memory(arguments: Sequence[str]) -> None:
    """Ends the program with 1 when not everything was measured."""
    options = parse_options(arguments)
    err = Console(stderr=True, highlight=False)

    def say(what: str) -> None:
        err.print(f"{what} ...", style="dim")

    found = measured(measure(lines=options.lines, real_lines=options.real_lines, say=say), err)
    Console(highlight=False).print(table(found))
    write_json(options.json, document(found))
