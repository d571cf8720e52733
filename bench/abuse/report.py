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

MOST_RATIO = 2.0
"""An honest client's p99 under attack is at most so many times its quiet one."""

_MIB = 1024 * 1024


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ratios(rounds: Iterable[Round], share: float) -> list[float]:
    """Under attack over quiet, of each round: it compares two times one after the other."""
    return [percentile(one.attacked, share) / percentile(one.quiet, share) for one in rounds]


def holds(rounds: Iterable[Round]) -> bool:
    """What is promised, of the median round: others' neighbours on a machine are not the service's doing."""
    return median(ratios(rounds, _SHARES["p99"])) <= MOST_RATIO


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
        "ratio": {name: round(median(ratios(found.rounds, share)), 3) for name, share in _SHARES.items()},
        "worstRatio": {name: round(max(ratios(found.rounds, share)), 3) for name, share in _SHARES.items()},
        "mostRatio": MOST_RATIO,
        "holds": holds(found.rounds),
        "rounds": [
            {
                "quiet": _client(one.quiet),
                "attacked": _client(one.attacked),
                "attacksLateMs": round(1000 * one.attacks.late_seconds, 3),
            }
            for one in found.rounds
        ],
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
        caption=_caption(found, plan),
        box=box.SIMPLE_HEAD,
    )
    for column in ("", "quiet", "under attack", "ratio", "worst round"):
        made.add_column(column, justify="right" if column else "left")
    for name, share in _SHARES.items():
        quiet, attacked = (
            median(percentile(one, share) for one in times)
            for times in ([one.quiet for one in found.rounds], [one.attacked for one in found.rounds])
        )
        of_rounds = ratios(found.rounds, share)
        milliseconds = (f"{1000 * one:.2f}" for one in (quiet, attacked))
        made.add_row(name, *milliseconds, f"{median(of_rounds):.2f}", f"{max(of_rounds):.2f}")
    return made


def _caption(found: Measured, plan: Plan) -> str:
    late_ms = 1000 * max(one.attacks.late_seconds for one in found.rounds)
    where = (
        "The service has a core to itself; the honest client, the database and the attacker share the others"
        if found.pinned
        else "All processes share all cores"
    )
    return (
        f"{plan.rounds} rounds of {plan.seconds:g} s quiet, when nobody attacks anything, and {plan.seconds:g} s under "
        f"attack, {plan.requests:,} attacks in all. All figures are medians of the rounds but the last column. p99 is "
        f"to be at most {MOST_RATIO:g} times its quiet value: it {'is' if holds(found.rounds) else 'IS NOT'}. {where}, "
        f"the attacker only while they are idle; it began no attack later than {late_ms:.0f} ms after it was due. The "
        f"service's memory at most: {found.before.memory_bytes / _MIB:.0f} MiB before, "
        f"{found.most.memory_bytes / _MIB:.0f} MiB after; descriptors: {found.before.descriptors} and "
        f"{found.most.descriptors}."
    )


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
        counted.update(one.attacks.outcomes.get(name, {}))
    return counted


def _client(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "requests": len(seconds),
        **{f"{name}Ms": round(1000 * percentile(seconds, share), 3) for name, share in _SHARES.items()},
    }
