"""What the committed benchmarks say of the service's CPU: on the machine that they name, not on AWS."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

_DOCS = Path(__file__).resolve().parents[2] / "docs"
_COMPARED = _DOCS / "benchmark-compare.json"


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU milliseconds of one request, and where that is from."""

    work: str
    milliseconds: float
    source: str


def cpu_of_requests(compared: Path = _COMPARED) -> dict[str, Cpu]:
    """history, post, balance, ranking, efficiency: from the comparison where there is one."""
    older = {one.work: one for one in (*_requests(), _ranking(), _balance())}
    older["efficiency"] = Cpu("efficiency", older["ranking"].milliseconds, "not measured: as a ranking")
    return older | ({one.work: one for one in _compared(compared)} if compared.exists() else {})


def projector_cpu() -> Cpu:
    """Of saving one view row, with everything that leads to it: single puts."""
    passes = _read("benchmark-views.json")["speed"]["projector, single puts"]
    return Cpu("view row", median(1000 * one["cpuSeconds"] / one["rows"] for one in passes), "benchmark-views.json")


def machine() -> str:
    """Where all of it was measured."""
    about = _read("benchmark.json")["machine"]
    return f"{about['cpus']} CPUs, Python {about['python']}, DynamoDB Local"


def _compared(path: Path) -> Iterable[Cpu]:
    """With a canned database, whose answers come at once: the service's own work."""
    (database,) = (one for one in json.loads(path.read_text("utf-8"))["databases"] if one["against"] == "canned")
    for work in database["works"]:
        rounds = next(one["rounds"] for one in work["sides"] if one["side"] == "service")
        source = f"{path.name}, {database['against']}"
        yield Cpu(work["work"], median(one["cpuMs"] for one in rounds), source)


def _requests() -> Iterable[Cpu]:
    names = {"history page of 50": "history", "single POST": "post"}
    for row in _read("benchmark.json")["rows"]:
        if row["work"] in names:
            yield Cpu(names[row["work"]], _median(row["serviceRounds"]), "benchmark.json")


def _ranking() -> Cpu:
    return Cpu("ranking", _median(_read("benchmark-views.json")["growth"][-1]["viewsRounds"]), "benchmark-views.json")


def _balance() -> Cpu:
    (part,) = (one for one in _read("benchmark-ledger.json")["growth"] if one["work"] == "balance now")
    return Cpu("balance", _median(part["accounts"][-1]["rounds"]), "benchmark-ledger.json, without HTTP")


def _median(rounds: list[dict[str, float]]) -> float:
    return median(one["cpuMs"] for one in rounds)


def _read(name: str) -> Any:
    return json.loads((_DOCS / name).read_text("utf-8"))
