"""What can be chosen on the command line, within bounds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.options import seconds_of
from bench.views.options import Bounds

_SMALLEST = 1_000
_LEAST = 600  # a tenth of it is still more than a page


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(
        prog="python -m bench growth", description="Measure what grows with what, and print tables."
    )
    for name, bounds, default, what in (
        (
            "--largest",
            Bounds(_LEAST, 1_000_000),
            100_000,
            "purchases of the largest user; others have a 10th, 100th...",
        ),
        ("--rounds", Bounds(1, 100), 9, "of each series, its sizes in turn"),
    ):
        parser.add_argument(name, type=bounds, default=default, help=f"{what} ({default})")
    parser.add_argument("--seconds", type=seconds_of, default=0.25, help="of each slice (0.25)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to this file")
    return parser.parse_args(arguments)


def sizes_up_to(largest: int) -> tuple[int, ...]:
    """From about a thousand, each ten times the one before; two at least."""
    sizes = [largest]
    while sizes[0] > _SMALLEST or len(sizes) == 1:
        sizes.insert(0, sizes[0] // 10)
    return tuple(sizes)
