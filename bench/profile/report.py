"""A table for each version, and the document that docs/profile.json is."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from rich import box
from rich.table import Table

from bench.compare.works import TITLES, Work
from bench.profile.measured import Profile, Profiles
from bench.profile.packages import Part
from bench.report import machine


def tables(profiles: Profiles, functions: int) -> list[Table]:
    """Medians over the rounds, and so many of the dearest functions of each work."""
    parts = [_table(name, of) for name, of in profiles.items()]
    return parts + [
        _functions(f"{name}: {TITLES[work]}", profile, functions)
        for name, of in profiles.items()
        for work, profile in of.items()
        if functions
    ]


def _table(name: str, profiles: Mapping[Work, Profile]) -> Table:
    made = Table(title=f"{name}: CPU microseconds of a request", box=box.SIMPLE_HEAD)
    made.add_column("part")
    for work in profiles:
        made.add_column(TITLES[work], justify="right")
    for part in Part:
        made.add_row(part.value, *(f"{profile.median_of(part):,.0f}" for profile in profiles.values()))
    made.add_section()
    made.add_row("all", *(f"{median(profile.cpu):,.0f}" for profile in profiles.values()))
    return made


def _functions(title: str, profile: Profile, count: int) -> Table:
    made = Table(title=title, box=box.SIMPLE_HEAD)
    made.add_column("own µs of a request", justify="right")
    made.add_column("function", overflow="fold")
    for (file, line, name), spent in profile.dearest(count):
        made.add_row(f"{spent:,.1f}", name if file == "~" else f"{'/'.join(file.split('/')[-3:])}:{line} {name}")
    return made


def document(profiles: Profiles, settings: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """What was `known` of versions that were not profiled now stays; each version says where it was measured."""
    about = {"machine": machine(), "settings": dict(settings)}
    measured = {
        name: {**about, "works": {work.value: _one(one) for work, one in of.items()}} for name, of in profiles.items()
    }
    return {**known, **measured}


def _one(profile: Profile) -> dict[str, Any]:
    return {
        "cpuUs": round(median(profile.cpu), 1),
        "cpuUsRounds": [round(one, 1) for one in profile.cpu],
        "accountedUs": round(median(profile.accounted), 1),
        "partsUs": {part.value: round(profile.median_of(part), 1) for part in Part},
    }
