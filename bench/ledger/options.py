"""What can be chosen on the command line, within bounds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.ledger.history import OPEN_LOTS
from bench.views.options import Bounds


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(prog="python -m bench ledger", description="Measure the ledger, and print tables.")
    for name, bounds, default, what in (
        ("--entries", Bounds(2 * OPEN_LOTS, 200_000), 100_000, "ledger entries of the long account"),
        ("--rounds", Bounds(1, 50), 9, "of all measurements, the two accounts in turn"),
        ("--calls", Bounds(1, 1_000), 100, "of each kind of reading in a round; redemptions: a tenth"),
    ):
        parser.add_argument(name, type=bounds, default=default, help=f"{what} ({default})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to this file")
    return parser.parse_args(arguments)
