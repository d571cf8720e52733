"""What can be chosen on the command line, within bounds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.options import seconds_of
from bench.views.options import Bounds


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(
        prog="python -m bench abuse", description="Measure an honest client while others attack the service."
    )
    for name, bounds, default, what in (
        ("--requests", Bounds(22, 1_000_000), 10_000, "attacks in all"),
        ("--rounds", Bounds(1, 50), 5, "each of a quiet time and one under attack"),
        ("--per-second", Bounds(1, 1_000), 100, "requests of the honest client"),
    ):
        parser.add_argument(name, type=bounds, default=default, help=f"{what} ({default})")
    parser.add_argument("--seconds", type=seconds_of, default=12.0, help="of each of the two times of a round (12)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to this file")
    return parser.parse_args(arguments)
