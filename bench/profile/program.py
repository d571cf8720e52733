"""`python -m bench profile`: where CPU time goes, and prints a table for each version."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.options import seconds_of
from bench.profile.measured import Plan, measured_profiles
from bench.profile.report import document, tables
from bench.profile.versions import this_version
from bench.program import measured, write_json
from bench.views.options import Bounds

AFTER = "after"
BEFORE = "before"


def profile(arguments: Sequence[str]) -> None:
    """Ends the program with 1 when not everything was measured."""
    options = parse_options(arguments)
    versions = {BEFORE: options.before} if options.before is not None else {}
    plan = Plan({**versions, AFTER: this_version()}, options.rounds, options.seconds)
    err = Console(stderr=True, highlight=False)
    found = measured(measured_profiles(plan, lambda what: err.print(f"{what} ...", style="dim")), err)
    out = Console(highlight=False)
    for table in tables(found, options.functions):
        out.print(table)
    settings = {"rounds": options.rounds, "seconds": options.seconds}
    write_json(options.json, document(found, settings, _known(options.json)))


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(prog="python -m bench profile", description="Tell where CPU time goes.")
    parser.add_argument("--rounds", type=Bounds(1, 50), default=5, help="of all measurements (5)")
    parser.add_argument("--seconds", type=seconds_of, default=0.5, help="of each measurement (0.5)")
    parser.add_argument("--functions", type=Bounds(0, 200), default=0, help="also list so many of the dearest (0)")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="of another version, measured beside this one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to this file")
    return parser.parse_args(arguments)


def _known(path: Path | None) -> dict[str, object]:
    """What the file said of other versions."""
    if path is None or not path.exists():
        return {}
    known: dict[str, object] = json.loads(path.read_text("utf-8"))
    return known
