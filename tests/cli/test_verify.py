import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import verify
from app.cli.main import cli
from app.maintenance.verifying.differences import Difference, Kind
from app.maintenance.verifying.run import Report
from app.ports.errors import StoreUnavailable
from app.settings import Settings

WRONG = Difference(Kind.VIEW_WRONG, "1#USER#u1 | [MONTH] count", "3", "4")
MISSING = Difference(Kind.GUARD_MISSING, "t1", "a guard", "")


@dataclass
class Fake:
    """A check that comes to this end, or raises it."""

    end: Report | Exception = field(default_factory=Report)
    passes: list[int] = field(default_factory=list)
    anchors: dict[int, str] = field(default_factory=dict)

    async def run(self, _: Any) -> Report:
        if isinstance(self.end, Exception):
            raise self.end
        return self.end

    verifying = None


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    one = Fake()

    @asynccontextmanager
    async def opened(_: Settings, *, passes: int, anchors: dict[int, str]) -> AsyncIterator[Fake]:
        one.passes.append(passes)
        one.anchors = anchors
        yield one

    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setattr(verify, "configure_logs", lambda *_, **__: None)
    monkeypatch.setattr(verify, "open_maintenance", opened)
    monkeypatch.setattr(verify, "run", one.run)
    return one


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["verify", *arguments])


def test_clean(fake: Fake) -> None:
    fake.end = Report(facts=24, rows=120)
    result = run("--passes", "4")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "24 facts and 120 view rows read, 0 differences.\n"
    assert fake.passes == [4]


def test_the_audit_trail_is_told_of(fake: Fake) -> None:
    fake.end = Report(facts=24, rows=120, audit_rows=7, unsealed_audit_rows=2)
    assert run().stderr.splitlines()[0] == "7 rows of the audit trail read, 2 of them not sealed yet."


def test_seals_that_were_kept_elsewhere(fake: Fake) -> None:
    assert run("--seal", f"12:{'a' * 64}", "--seal", f"3:{'0' * 64}").exit_code == 0
    assert fake.anchors == {12: "a" * 64, 3: "0" * 64}
    for wrong in ("12", "x:" + "a" * 64, "0:" + "a" * 64, "1:" + "a" * 63, "1:" + "A" * 64):
        assert run("--seal", wrong).exit_code == 2


def test_a_line_for_each_difference_and_what_to_do(fake: Fake) -> None:
    fake.end = Report([WRONG, MISSING], ["odd"], ["the views: it lags"])
    result = run()
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "VIEW_WRONG 1#USER#u1 | [MONTH] count: expected 3, found 4",
        "GUARD_MISSING t1: expected a guard, found nothing",
    ]
    assert "Note: odd" in result.stderr
    assert "Could not check the views: it lags" in result.stderr
    plan = result.stderr.splitlines()[3:]
    assert [line.partition(":")[0] for line in plan] == [
        "The facts first",
        "GUARD_MISSING",
        "VIEW_WRONG",
    ]


@pytest.mark.parametrize(
    "end", [Report(unchecked=["the views"]), StoreUnavailable("the table is gone")], ids=["in part", "at all"]
)
def test_could_not_check(fake: Fake, end: Report | Exception) -> None:
    fake.end = end
    assert run().exit_code == 2


def test_json(fake: Fake) -> None:
    fake.end = Report([MISSING], facts=3)
    result = run("--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert found["differences"] == [{"kind": "GUARD_MISSING", "key": "t1", "expected": "a guard", "found": ""}]
    assert (found["facts"], len(found["repairs"])) == (3, 1)
