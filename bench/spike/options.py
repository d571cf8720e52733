"""What can be chosen on the command line, within bounds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.loaded_service import Database
from bench.options import seconds_of
from bench.views.options import Bounds


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(
        prog="python -m bench spike", description="Send ten times as many requests as usual, and see what is answered."
    )
    parser.add_argument("--seconds", type=seconds_of, default=10.0, help="of the spike (10)")
    parser.add_argument("--quiet-seconds", type=seconds_of, default=10.0, help="before and after it (10)")
    parser.add_argument(
        "--usual", type=Bounds(1, 100), default=20, metavar="%", help="of the most there can be, sent as usual (20)"
    )
    parser.add_argument("--database", choices=list(Database), default=Database.STUB, help="behind the service (stub)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to this file")
    return parser.parse_args(arguments)
