"""What can be chosen on the command line, within bounds."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.options import seconds_of
from bench.views.freshness import MOST


@dataclass(frozen=True, slots=True)
class Bounds:
    """A whole number of the command line."""

    least: int
    most: int

    def __call__(self, text: str) -> int:
        """Raises ArgumentTypeError for others."""
        value = int(text)
        if not self.least <= value <= self.most:
            raise argparse.ArgumentTypeError(f"{self.least} to {self.most}")
        return value


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(prog="python -m bench views", description="Measure the views, and print tables.")
    for name, bounds, default, what in (
        ("--largest", Bounds(2_000, 100_000), 100_000, "purchases of the largest month; two have a 10th and 100th"),
        ("--rounds", Bounds(1, 20), 3, "of all measurements"),
        ("--warm", Bounds(0, 20_000), 4_000, "purchases in the views before units are measured"),
        ("--measured", Bounds(1, 20_000), 2_000, "purchases whose units are measured, at most, for each batch size"),
        ("--posts", Bounds(1, MOST - 1), 50, "purchases that are waited for"),
    ):
        parser.add_argument(name, type=bounds, default=default, help=f"{what} ({default})")
    parser.add_argument("--seconds", type=seconds_of, default=1.0, help="of each measurement (1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to this file")
    return parser.parse_args(arguments)
