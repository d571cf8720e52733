"""The tables, and the same as JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from rich import box
from rich.table import Table

from bench.abuse.attacks import attacks
from bench.abuse.measured import Measured, Plan, Round
from bench.report import machine

_MIB = 1024 * 1024


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ratio(rounds: Iterable[Round], share: float) -> float:
    """Under attack over quiet, the median of the rounds: each compares two times one after the other."""
    return median(percentile(one.attacked, share) / percentile(one.quiet, share) for one in rounds)


def tables(found: Measured, plan: Plan) -> list[Table]:
    """The honest client's times, and what came of the attacks."""
    return [_times(found, plan), _outcomes(found)]


def document(found: Measured, plan: Plan) -> dict[str, Any]:
    """The machine, the settings, every round, and what came of each attack."""
    return {
        "machine": {**machine(), "pinned": found.pinned},
        "settings": {
            "requests": plan.requests,
            "rounds": plan.rounds,
            "seconds": plan.seconds,
            "perSecond": plan.per_second,
        },
        "ratio": {name: round(ratio(found.rounds, share), 3) for name, share in _SHARES.items()},
        "rounds": [{"quiet": _client(one.quiet), "attacked": _client(one.attacked)} for one in found.rounds],
        "attacks": [
            {"name": one.name, "kind": one.kind, "outcomes": dict(sorted(counted.items()))}
            for one, counted in ((one, _counted(found, one.name)) for one in attacks(""))
        ],
        "service": {
            name: {"memoryBytes": taken.memory_bytes, "descriptors": taken.descriptors}
            for name, taken in (("before", found.before), ("most", found.most))
        },
    }


_SHARES = {"p50": 0.5, "p99": 0.99}


def _times(found: Measured, plan: Plan) -> Table:
    made = Table(
        title=f"An honest client with {plan.per_second} requests a second: milliseconds of an answer",
        caption=f"{plan.rounds} rounds of {plan.seconds:g} s quiet and {plan.seconds:g} s under "
        f"{plan.requests:,} attacks in all; ratio: the median of the rounds. The service's memory at most: "
        f"{found.before.memory_bytes / _MIB:.0f} MiB before, {found.most.memory_bytes / _MIB:.0f} MiB after; "
        f"descriptors: {found.before.descriptors} and {found.most.descriptors}.",
        box=box.SIMPLE_HEAD,
    )
    for column in ("", "quiet", "under attack", "ratio"):
        made.add_column(column, justify="right" if column else "left")
    for name, share in _SHARES.items():
        quiet = [second for one in found.rounds for second in one.quiet]
        attacked = [second for one in found.rounds for second in one.attacked]
        milliseconds = (f"{1000 * percentile(one, share):.2f}" for one in (quiet, attacked))
        made.add_row(name, *milliseconds, f"{ratio(found.rounds, share):.2f}")
    return made


def _outcomes(found: Measured) -> Table:
    made = Table(
        title="What came of the attacks",
        caption="A status, or cut: closed without an answer; left: never ended by the service.",
        box=box.SIMPLE_HEAD,
    )
    for column in ("kind", "attack", "how it ended"):
        made.add_column(column)
    for one in attacks(""):
        ended = ", ".join(f"{name} {times:,}" for name, times in sorted(_counted(found, one.name).items()))
        made.add_row(one.kind, one.name, ended)
    return made


def _counted(found: Measured, name: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for one in found.rounds:
        counted.update(one.outcomes.get(name, {}))
    return counted


def _client(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "requests": len(seconds),
        **{f"{name}Ms": round(1000 * percentile(seconds, share), 3) for name, share in _SHARES.items()},
    }
