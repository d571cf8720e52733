"""What can be chosen on the command line, within bounds."""

import argparse
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bench.compare.measured import Against, Plan
from bench.compare.sides import Side
from bench.compare.works import Work
from bench.options import seconds_of
from bench.views.options import Bounds

E = TypeVar("E", bound=StrEnum)
_BOTH = "both"


def parse_options(arguments: Sequence[str]) -> tuple[Plan, argparse.Namespace]:
    """The plan, and `json` and `svg`. Ends the program with 2 when they are not usable."""
    parser = argparse.ArgumentParser(
        prog="python -m bench compare", description="Measure the service beside its rivals, and print tables."
    )
    parser.add_argument("--rounds", type=Bounds(1, 50), default=7, help="of all measurements (7)")
    parser.add_argument("--seconds", type=seconds_of, default=0.5, help="of each measurement (0.5)")
    parser.add_argument("--only", type=Work, choices=list(Work), action="append", help="this work (all)")
    parser.add_argument("--side", type=Side, choices=list(Side), action="append", help="this one and the service (all)")
    parser.add_argument("--against", choices=[*Against, _BOTH], default=_BOTH, help="the database that answers (both)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every round to this file")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also draw a chart into this file")
    options = parser.parse_args(arguments)
    against = tuple(Against) if options.against == _BOTH else (Against(options.against),)
    works, sides = _chosen(Work, options.only), _chosen(Side, options.side, Side.SERVICE)
    return Plan(options.rounds, options.seconds, works, sides, against), options


def _chosen(kind: type[E], some: Sequence[E] | None, *always: E) -> tuple[E, ...]:
    """In their own order, each once; all where none is named."""
    return tuple(one for one in kind if some is None or one in some or one in always)
