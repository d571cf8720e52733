"""Where CPU time goes: which part a function belongs to, how calls are taken apart, that the program finds it all."""

import cProfile
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bench.profile.accounting import Overhead, Stats, overhead, own_seconds, raw_seconds, seconds_by_part
from bench.profile.packages import Function, Part, part_of
from bench.profile.program import parse_options

ROOT = Path(__file__).resolve().parents[2]
FREE = Overhead(0.0, 0.0)
SITE = "/somewhere/.venv/lib/python3.11/site-packages"


@pytest.mark.parametrize(
    ("file", "name", "part"),
    [
        (f"{SITE}/uvicorn/protocols/http/httptools_impl.py", "on_url", Part.SERVER),
        (f"{SITE}/starlette/routing.py", "app", Part.FRAMEWORK),
        (f"{SITE}/pydantic/main.py", "validate", Part.FRAMEWORK),
        (f"{SITE}/aiobotocore/client.py", "_make_api_call", Part.SDK),
        (f"{SITE}/aiohttp/client.py", "_request", Part.HTTP),
        (f"{SITE}/structlog/_base.py", "_proxy_to_logger", Part.LOGS),
        (f"{SITE}/somebody/else.py", "f", Part.OTHER),
        ("/usr/lib/python3.11/asyncio/tasks.py", "gather", Part.SERVER),
        ("/usr/lib/python3.11/logging/__init__.py", "info", Part.LOGS),
        ("/usr/lib/python3.11/contextlib.py", "__aenter__", None),
        ("/anywhere/app/api/kickbacks.py", "get_kickbacks", Part.API),
        ("/anywhere/app/store/database.py", "query", Part.STORE),
        ("/anywhere/app/telemetry.py", "spend", Part.LOGS),
        ("/anywhere/app/server/protocol.py", "data_received", Part.SERVER),
        ("/anywhere/app/domain/lots.py", "take", Part.USE_CASES),
        ("/anywhere/bench/profile/profiled.py", "on", Part.OTHER),
        ("~", "<method 'decode' of 'msgspec.json.Decoder' objects>", Part.MSGSPEC),
        ("~", "<built-in method msgspec._core.encode>", Part.MSGSPEC),
        ("~", "<method 'validate_python' of 'pydantic_core._pydantic_core.SchemaValidator' objects>", Part.FRAMEWORK),
        ("~", "<method 'write' of 'uvloop.loop.UVStream' objects>", Part.SERVER),
        ("~", "<built-in method builtins.len>", None),
        ("~", "<built-in method _hashlib.openssl_sha256>", None),
    ],
)
def test_functions_belong_to_parts(file: str, name: str, part: Part | None) -> None:
    assert part_of((file, 1, name)) is part


API: Function = ("/x/app/api/a.py", 1, "endpoint")
STORE: Function = ("/x/app/store/s.py", 1, "query")
HELPER: Function = ("/usr/lib/python3.11/json/__init__.py", 1, "dumps")
BUILT_IN: Function = ("~", 0, "<built-in method builtins.len>")


def test_what_belongs_to_nobody_counts_for_its_callers() -> None:
    stats: Stats = {
        API: (1, 1, 1.0, 9.0, {}),
        STORE: (1, 1, 2.0, 4.0, {API: (1, 1, 2.0, 4.0)}),
        HELPER: (4, 4, 3.0, 4.0, {API: (1, 1, 1.0, 1.5), STORE: (3, 3, 2.0, 2.5)}),
        BUILT_IN: (8, 8, 0.9, 0.9, {HELPER: (8, 8, 0.9, 0.9)}),
    }

    found = seconds_by_part(stats, own_seconds(stats, FREE))

    assert found == pytest.approx({Part.API: 1 + 1 + 0.3, Part.STORE: 2 + 2 + 0.6})
    assert sum(found.values()) == pytest.approx(raw_seconds(stats))


def test_what_nobody_called_was_called_by_the_loop_and_what_calls_itself_ends() -> None:
    stats: Stats = {
        HELPER: (9, 1, 2.0, 2.0, {HELPER: (8, 8, 1.5, 1.5)}),
        BUILT_IN: (1, 1, 1.0, 1.0, {}),
    }

    assert seconds_by_part(stats, own_seconds(stats, FREE)) == pytest.approx({Part.SERVER: 3.0})


def test_what_the_profiler_adds_is_taken_off_who_is_called_and_who_calls() -> None:
    stats: Stats = {
        API: (1, 1, 1.0, 3.0, {}),
        STORE: (10, 10, 2.0, 2.0, {API: (10, 10, 2.0, 2.0)}),
    }

    found = seconds_by_part(stats, own_seconds(stats, Overhead(called=0.01, caller=0.02)))

    assert found == pytest.approx({Part.API: 1.0 - 0.01 - 10 * 0.02, Part.STORE: 2.0 - 10 * 0.01})


def test_many_small_calls_count_no_more_than_they_cost_unprofiled() -> None:
    def work(calls: int) -> int:
        return sum(_small(number) for number in range(calls))

    started = time.thread_time()
    work(20_000)
    real = time.thread_time() - started
    profile = cProfile.Profile(time.thread_time)
    profile.runcall(work, 20_000)
    profile.create_stats()
    stats: Any = profile.stats

    corrected = sum(own_seconds(stats, overhead()).values())

    assert raw_seconds(stats) > 2 * real
    assert corrected < 0.7 * raw_seconds(stats)


def _small(number: int) -> int:
    return number + 1


@pytest.mark.parametrize(
    "arguments", [["--rounds", "0"], ["--seconds", "0"], ["--rounds", "51"], ["--functions", "-1"]]
)
def test_it_is_bounded(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)

    assert ended.value.code == 2


@pytest.mark.dynamodb
def test_every_work_is_taken_apart_and_other_versions_stay(tmp_path: Path) -> None:
    written = tmp_path / "profile.json"
    written.write_text(json.dumps({"before": {"kept": True}, "after": {"kept": False}}))
    command = [sys.executable, "-m", "bench", "profile", "--rounds", "1", "--seconds", "0.2", "--functions", "5"]

    ended = subprocess.run([*command, "--json", str(written)], cwd=ROOT, capture_output=True, text=True, timeout=240)

    assert ended.returncode == 0, ended.stderr
    document = json.loads(written.read_text())
    assert document["before"] == {"kept": True}
    works = document["after"]["works"]
    assert list(works) == ["history", "post", "ranking", "efficiency", "balance"]
    for work in works.values():
        assert sum(work["partsUs"].values()) == pytest.approx(work["cpuUs"], rel=0.01)
        assert work["partsUs"]["app/store"] > 0
        assert work["partsUs"]["uvicorn, event loop, sockets"] > 0
    for title in ("history page of 50", "app/store", "all", "own µs of a request"):
        assert title in ended.stdout
