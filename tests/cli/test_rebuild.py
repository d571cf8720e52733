from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import rebuild
from app.cli.main import cli
from app.maintenance.rebuild import Rebuilt
from app.ports.errors import StoreUnavailable
from app.ports.views import Generation
from app.settings import Settings
from tests.fakes.projection import FakeProjection

DONE = Rebuilt(number=2, promoted=True, purchases=9, entries=8, rows=40, unreadable=0, removed=38, seconds=1.25)
CURRENT = Generation(1, 8, {}, "2026")


@dataclass
class Fake:
    """A rebuild that comes to this end, or raises it."""

    projection: FakeProjection
    end: Rebuilt | Exception = DONE
    runs: int = 0

    async def make_generation(self, _: Any) -> Rebuilt:
        self.runs += 1
        if isinstance(self.end, Exception):
            raise self.end
        return self.end

    @property
    def rebuilding(self) -> Any:
        return self


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    one = Fake(FakeProjection(current=CURRENT))

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncIterator[Fake]:
        yield one

    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setattr(rebuild, "configure_logs", lambda *_, **__: None)
    monkeypatch.setattr(rebuild, "open_maintenance", opened)
    monkeypatch.setattr(rebuild, "make_generation", one.make_generation)
    return one


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rebuild", *arguments])


def test_it_says_what_it_did(fake: Fake) -> None:
    result = run()
    assert result.exit_code == 0
    assert result.stdout == (
        "Generation 2: 9 purchases and 8 ledger entries in 40 rows, 1.2 s.\n38 items of other generations removed.\n"
    )


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (Rebuilt(3, False, 9, 8, 40, 0, 40, 1.0), "Another rebuild was faster"),
        (Rebuilt(3, False, 9, 8, 40, 2, 40, 1.0), "2 of them cannot be read"),
        (StoreUnavailable("the table is gone"), "Not done, and nothing has changed: the table is gone."),
    ],
)
def test_not_done_is_told_by_the_exit_code(fake: Fake, end: Rebuilt | Exception, says: str) -> None:
    fake.end = end
    result = run()
    assert result.exit_code == 1
    assert says in result.output


def refused(result: Result) -> bool:
    return result.exit_code == 1 and "--without-dropped" in result.output


@pytest.mark.parametrize(
    ("retention", "current", "arguments", "expected"),
    [
        (None, CURRENT, [], False),
        ("30", CURRENT, [], True),
        ("30", CURRENT, ["--without-dropped"], False),
        ("30", None, [], False),
    ],
)
def test_where_purchases_are_dropped_it_has_to_be_told(
    fake: Fake,
    monkeypatch: pytest.MonkeyPatch,
    retention: str | None,
    current: Generation | None,
    arguments: list[str],
    expected: bool,
) -> None:
    set_or_not: Callable[..., None] = monkeypatch.setenv if retention else lambda *_: None
    set_or_not("RETENTION_DAYS", retention)
    fake.projection.current = current
    result = run(*arguments)
    assert refused(result) == expected
    assert fake.runs == (not expected)
