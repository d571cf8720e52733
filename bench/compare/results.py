"""What was measured, made into what is written to a file."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.compare.document import DatabasePart, Document, Round, SideRounds, WorkPart, ratios_of
from bench.compare.measured import Measured, Plan
from bench.compare.rounds import IN_FLIGHT, Slices
from bench.compare.slices import Slice
from bench.compare.works import TITLES
from bench.report import machine

_PACKAGES = (
    *("fastapi", "starlette", "uvicorn", "uvloop", "httptools", "pydantic", "msgspec"),
    *("aioboto3", "aiobotocore", "boto3", "botocore", "aiodynamo", "aiohttp", "httpx"),
)


def document(measured: Measured, plan: Plan) -> Document:
    """Every round of everything."""
    return Document(
        machine={**machine(), "processor": _processor(), "pinned": measured.pinned},
        versions={name: found for name in _PACKAGES if (found := _version(name)) is not None},
        settings={"rounds": plan.rounds, "seconds": plan.seconds, "inFlight": IN_FLIGHT},
        databases=[DatabasePart(against, _works(slices, plan)) for against, slices in measured.slices.items()],
    )


def _works(slices: Slices, plan: Plan) -> list[WorkPart]:
    parts = []
    for work in plan.works:
        sides = [SideRounds(side, _rounds(slices[work, side])) for side in plan.sides]
        parts.append(WorkPart(work, TITLES[work], ratios_of(sides), sides))
    return parts


def _rounds(slices: Sequence[Slice]) -> list[Round]:
    return [
        Round(
            done=one.done,
            seconds=round(one.seconds, 4),
            per_second=round(one.done / one.seconds, 1),
            cpu_ms=_each(one.cpu_seconds, one.done),
            database_cpu_ms=_each(one.database_cpu_seconds, one.done),
            p50_ms=round(1000 * one.p50, 3),
            p99_ms=round(1000 * one.p99, 3),
            body_bytes=one.body_bytes,
            read_units=None if one.units is None else one.units.read,
            write_units=None if one.units is None else one.units.written,
            calls=None if one.calls is None else {name: round(n / one.done, 3) for name, n in one.calls.items()},
        )
        for one in slices
    ]


def _each(seconds: float | None, done: int) -> float | None:
    return None if seconds is None else round(1000 * seconds / done, 4)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str | None:
    """Its name, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    names = (
        value.strip() for name, _, value in (line.partition(":") for line in lines) if name.strip() == "model name"
    )
    return next(names, None)
