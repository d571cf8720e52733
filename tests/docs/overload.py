"""The part of docs/performance.md about much work for long, too much of it, and attacks, made from what was measured.
`python -m tests.docs.overload` writes it anew."""

import json
import re
from pathlib import Path
from typing import Any

DOCUMENT = Path("docs/performance.md")
SOAK = Path("docs/benchmark-soak.json")
SPIKE = Path("docs/benchmark-spike.json")
ABUSE = Path("docs/benchmark-abuse.json")
# Up to the next generated part or the next chapter.
_PART = re.compile(r"<!-- overload -->\n.*?(?=\n<!-- |\n## |\Z)", re.DOTALL)
_MIB = 1024 * 1024
_ROWS = 6


def rendered(text: str) -> str:
    """The text with the part about overload as it was measured."""
    return _PART.sub(lambda _: "<!-- overload -->\n\n" + overload_part(), text)


def overload_part() -> str:
    """The spike, the soak, then the attacks."""
    soak, spike, abuse = (json.loads(path.read_text("utf-8")) for path in (SOAK, SPIKE, ABUSE))
    machine = spike["machine"]
    about = f"{machine['cpus']} CPUs for service, load and database; Python {machine['python']}."
    return "\n".join([*_spike(spike), "", *_soak(soak), "", *_abuse(abuse), "", about]) + "\n"


def _spike(spike: dict[str, Any]) -> list[str]:
    settings, memory = spike["settings"], spike["memoryBytes"]
    rows = [
        f"| {settings['times']} times as much for {settings['seconds']:g} s | asked a second | done | refused |"
        " others | done p50 ms | p99 ms | refused p50 ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, part in spike["parts"].items():
        counts = " | ".join(f"{part[key]:,}" for key in ("perSecond", "done", "refused", "others"))
        times = " | ".join("" if part[key] is None else f"{part[key]:,}" for key in _TIMES)
        rows.append(f"| {name} | {counts} | {times} |")
    text = (
        f"The most there can be is {spike['mostPerSecond']:,.0f} a second; {spike['goodput']:.0%} of it was done "
        f"during the spike. It was as before {spike['secondsToNormal']:g} s after its end. Memory: "
        f"{memory['before'] / _MIB:.0f} MiB before, {memory['most'] / _MIB:.0f} MiB at most."
    )
    broken = [promise for promise, kept in spike["promises"].items() if not kept]
    return [*rows, "", text, *(["", f"Not kept: {'; '.join(broken)}."] if broken else [])]


_TIMES = ("doneP50Ms", "doneP99Ms", "refusedP50Ms")


def _soak(soak: dict[str, Any]) -> list[str]:
    settings, moments = soak["settings"], soak["moments"]
    rows = [
        f"| {soak['perSecond']:,.0f} requests a second, {settings['sharePercent']} % of the most, after s |"
        " answered | MiB | descriptors | tasks | objects |",
        "|---|---|---|---|---|---|",
    ]
    for one in (
        *moments[:: max(1, len(moments) // _ROWS)],
        {**soak["after"], "seconds": "when all is over", "answered": ""},
    ):
        answered = one["answered"] if one["answered"] == "" else f"{one['answered']:,}"
        memory = f"{one['memoryBytes'] / _MIB:.1f}"
        rest = " | ".join(f"{one[key]:,}" for key in ("descriptors", "tasks", "objects"))
        rows.append(f"| {one['seconds']} | {answered} | {memory} | {rest} |")
    text = (
        f"After the first third memory grew by {soak['bytesPerMinute'] / 1024:,.0f} KiB a minute. When all was over "
        f"there were {soak['objectsPerRequest']:.4f} objects more for each request, {soak['moreTasks']} tasks and "
        f"{soak['moreDescriptors']} descriptors more than before."
    )
    return [*rows, "", text]


def _abuse(abuse: dict[str, Any]) -> list[str]:
    settings = abuse["settings"]
    rows = [
        f"| {settings['requests']:,} slow, oversized or malformed requests, by round | quiet p50 ms | p99 ms |"
        " under attack p50 ms | p99 ms |",
        "|---|---|---|---|---|",
    ]
    for number, one in enumerate(abuse["rounds"], start=1):
        times = " | ".join(f"{one[part][key]:.1f}" for part in ("quiet", "attacked") for key in ("p50Ms", "p99Ms"))
        rows.append(f"| {number} | {times} |")
    text = (
        f"Another client's p99 under attack was {abuse['ratio']['p99']:.2f} times the quiet one (medians of the rounds)"
        f", {abuse['worstRatio']['p99']:.2f} times in the worst. At most {abuse['mostRatio']:g} times is promised."
    )
    return [*rows, "", text]


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text("utf-8")), "utf-8")
