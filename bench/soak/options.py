"""What can be chosen on the command line, within bounds."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.loaded_service import Database
from bench.views.options import Bounds

MOST_SECONDS = 1800


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(
        prog="python -m bench soak", description="Load a service for minutes, and watch what it holds."
    )
    parser.add_argument("--seconds", type=Bounds(6, MOST_SECONDS), default=180, help="of the load (180)")
    parser.add_argument(
        "--share", type=Bounds(1, 100), default=80, metavar="%", help="of the most there can be, sent all the time (80)"
    )
    parser.add_argument("--database", choices=list(Database), default=Database.LOCAL, help="behind the service (local)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to this file")
    return parser.parse_args(arguments)
