"""What can be chosen on the command line, within bounds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.views.options import Bounds


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(
        prog="python -m bench memory", description="Measure a service's memory while a batch streams through it."
    )
    for name, bounds, default, what in (
        ("--lines", Bounds(1_000, 10_000_000), 1_000_000, "of the batch against a database that holds nothing"),
        ("--real-lines", Bounds(1_000, 1_000_000), 20_000, "of the batch against a DynamoDB Local"),
    ):
        parser.add_argument(name, type=bounds, default=default, help=f"{what} ({default})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to this file")
    return parser.parse_args(arguments)
