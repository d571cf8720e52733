"""The part of docs/performance.md about where CPU time goes, made from what was measured.

`python -m tests.docs.performance` writes it anew, after `python -m bench profile --json docs/profile.json`.
"""

import json
import re
from pathlib import Path
from typing import Any

from bench.compare.works import TITLES, Work
from bench.profile.packages import Part

DOCUMENT = Path("docs/performance.md")
PROFILE = Path("docs/profile.json")
# Up to the next generated part or the next chapter.
_PART = re.compile(r"<!-- profile -->\n.*?(?=\n<!-- |\n## |\Z)", re.DOTALL)


def rendered(text: str) -> str:
    """The text with the profiles as they were measured."""
    return _PART.sub(lambda _: "<!-- profile -->\n\n" + profile_part(), text)


def profile_part() -> str:
    """A table for each work: before and after."""
    profile = json.loads(PROFILE.read_text("utf-8"))
    before, after = profile["before"], profile["after"]
    rows: list[str] = []
    for work in Work:
        rows += [*_table(TITLES[work], before["works"][work], after["works"][work]), ""]
    return "\n".join([*rows, *_about(before, after)]) + "\n"


def _table(title: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    rows = [f"| {title}: CPU µs of a request | before | after | before / after |", "|---|---|---|---|"]
    rows += [_row(part.value, before["partsUs"][part], after["partsUs"][part]) for part in Part]
    return [*rows, _row("**all**", before["cpuUs"], after["cpuUs"])]


def _row(name: str, before: float, after: float) -> str:
    ratio = f"{before / after:.1f}" if round(after) else ""
    return f"| {name} | {before:,.0f} | {after:,.0f} | {ratio} |"


def _about(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    texts = [
        f"{name}: {one['machine']['cpus']} CPUs, Python {one['machine']['python']}, medians of"
        f" {one['settings']['rounds']} rounds of {one['settings']['seconds']:g} s"
        for name, one in (("Before", before), ("after", after))
    ]
    return ["; ".join(texts) + "."]


if __name__ == "__main__":
    DOCUMENT.write_text(rendered(DOCUMENT.read_text("utf-8")), "utf-8")
