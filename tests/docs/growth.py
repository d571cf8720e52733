"""The part of docs/performance.md about growth and memory, made from what was measured. `python -m tests.docs.growth`
writes it anew."""

import json
import re
from pathlib import Path
from typing import Any

DOCUMENT = Path("docs/performance.md")
GROWTH = Path("docs/benchmark-growth.json")
MEMORY = Path("docs/benchmark-memory.json")
# Up to the next generated part or the next chapter.
_PART = re.compile(r"<!-- growth -->\n.*?(?=\n<!-- |\n## |\Z)", re.DOTALL)
_MIB = 1024 * 1024


def rendered(text: str) -> str:
    """The text with the part about growth as it was measured."""
    return _PART.sub(lambda _: "<!-- growth -->\n\n" + growth_part(), text)


def growth_part() -> str:
    """Every series with its verdict, and memory."""
    growth, memory = (json.loads(path.read_text("utf-8")) for path in (GROWTH, MEMORY))
    rows = ["| request | grows | CPU of the service | read, written units |", "|---|---|---|---|"]
    rows += [_summary(one) for one in growth["series"]]
    for one in growth["series"]:
        rows += ["", *_table(one)]
    machine = growth["machine"]
    about = f"{machine['cpus']} CPUs for service, load and database; Python {machine['python']}; DynamoDB Local."
    return "\n".join([*rows, "", *_memory(memory), "", about]) + "\n"


def _summary(one: dict[str, Any]) -> str:
    first, last = one["points"][0], one["points"][-1]
    units = " to ".join(f"{point['readUnits']:g}, {point['writtenUnits']:g}" for point in (first, last))
    return f"| {one['work']} | {one['over']}: {first['n']:,} to {last['n']:,} | {_verdict(one)} | {units} |"


def _verdict(one: dict[str, Any]) -> str:
    verdict = one["verdict"]
    if verdict is None:
        return "not measured"
    says = one["expected"] if verdict["holds"] else f"**not {one['expected']}**"
    if "rise" in verdict:
        return f"{says}: {verdict['fall']:.2f} to {verdict['rise']:.2f} times that of a smaller one"
    line = f"{verdict['baseMs']:.3f} + {verdict['eachMs']:.4f} n ms"
    return f"{says}: {line}, at worst {verdict['worstDeviation']:.0%} off"


def _table(one: dict[str, Any]) -> list[str]:
    rows = [
        f"| {one['work']}: {one['over']} | CPU ms | thirds of the run | read units | written | p50 ms | p99 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for point in one["points"]:
        thirds = [cpu for cpu in point["cpuMsOfThirds"] if cpu is not None]
        between = f"{min(thirds):.2f} to {max(thirds):.2f}" if thirds else ""
        cpu = f"{point['cpuMs']:.2f}" if point["cpuMs"] is not None else ""
        rows.append(
            f"| {point['n']:,} | {cpu} | {between} | {point['readUnits']:g} | {point['writtenUnits']:g} |"
            f" {point['p50Ms']:.1f} | {point['p99Ms']:.1f} |"
        )
    return rows


def _memory(memory: dict[str, Any]) -> list[str]:
    shares = list(memory["batches"][0]["mostBytes"])
    rows = [
        f"| a batch against | lines | peak MiB: {' | '.join(shares)} | second half |",
        "|---|---|" + "---|" * (len(shares) + 1),
    ]
    for one in memory["batches"]:
        peaks = " | ".join(f"{most / _MIB:.0f}" for most in one["mostBytes"].values())
        grown = f"{one['lateGrowth']:+.1%}{'' if one['steady'] else ', **not steady**'}"
        rows.append(f"| {one['database']} | {one['lines']:,} | {peaks} | {grown} |")
    return rows


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text("utf-8")), "utf-8")
