"""`python -m bench views`: measures the views, and prints a table for each part."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console

from bench.program import measured, write_json
from bench.views.measured import Plan, measure
from bench.views.options import parse_options
from bench.views.report import document, tables


def views(arguments: Sequence[str]) -> None:
    """Ends the program with 1 when not everything was measured."""
    options = parse_options(arguments)
    err = Console(stderr=True, highlight=False)
    plan = Plan(
        sizes=(options.largest // 100, options.largest // 10, options.largest),
        seconds=options.seconds,
        rounds=options.rounds,
        warm=options.warm,
        measured=options.measured,
        posts=options.posts,
    )
    found = measured(measure(plan, lambda what: err.print(f"{what} ...", style="dim")), err)
    out = Console(highlight=False)
    for table in tables(found, plan):
        out.print(table)
    write_json(options.json, document(found, asdict(plan)))
