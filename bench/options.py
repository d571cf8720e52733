"""What can be chosen on the command line, within bounds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.purchases import READ_USERS
from bench.recorder import PAGE_LIMIT

FEWEST_PURCHASES = READ_USERS * (PAGE_LIMIT + 1)  # every user's page is full, and another follows


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """`seconds`, `rounds`, `purchases` and `json`. Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and print one table.")
    parser.add_argument("--seconds", type=seconds_of, default=2.0, help="of each measurement (2)")
    parser.add_argument("--rounds", type=_rounds, default=3, help="of all measurements (3)")
    parser.add_argument("--purchases", type=_purchases, default=2_000, help="to read: one month of one category (2000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every round to this file")
    return parser.parse_args(arguments)


def seconds_of(text: str) -> float:
    """Raises ArgumentTypeError for what is not usable."""
    value = float(text)
    if not 0 < value <= 60:
        raise argparse.ArgumentTypeError("more than 0, at most 60")
    return value


def _rounds(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 20:
        raise argparse.ArgumentTypeError("1 to 20")
    return value


def _purchases(text: str) -> int:
    value = int(text)
    if not FEWEST_PURCHASES <= value <= 20_000:
        raise argparse.ArgumentTypeError(f"{FEWEST_PURCHASES} to 20000")
    return value
