"""`python -m bench abuse`: an honest client, quiet and under attack, and two tables."""

from collections.abc import Sequence

from rich.console import Console

from bench.abuse.measured import Plan, measure_all
from bench.abuse.options import parse_options
from bench.abuse.report import document, tables
from bench.program import measured, write_json


def abuse(arguments: Sequence[str]) -> None:
    """Ends the program with 1 when not everything was measured."""
    options = parse_options(arguments)
    plan = Plan(options.requests, options.rounds, options.seconds, options.per_second)
    err = Console(stderr=True, highlight=False)

    def say(what: str) -> None:
        err.print(f"{what} ...", style="dim")

    found = measured(measure_all(plan, say), err)
    out = Console(highlight=False)
    for table in tables(found, plan):
        out.print(table)
    write_json(options.json, document(found, plan))
