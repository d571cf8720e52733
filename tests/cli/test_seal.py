import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import seal
from app.cli.main import cli
from app.domain.audit_seals import Digest, next_seal
from app.maintenance.sealing import Sealed
from app.ports.audit import UnreadableRow
from app.ports.errors import StoreUnavailable
from app.settings import Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEAL = next_seal(None, since="2026-11-15T11:55:00.000000Z", until="2026-11-22T11:55:00.000000Z", rows=Digest())


@dataclass
class Fake:
    """A run that comes to this end, or raises it."""

    end: Sealed | Exception = field(default_factory=lambda: Sealed(SEAL, written=True))
    asked: list[datetime | None] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW

    async def run(self, _: Any, *, since: datetime | None) -> Sealed:
        self.asked.append(since)
        if isinstance(self.end, Exception):
            raise self.end
        return self.end


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    one = Fake()

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncIterator[Fake]:
        yield one

    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setattr(seal, "configure_logs", lambda *_, **__: None)
    monkeypatch.setattr(seal, "open_sealing", opened)
    monkeypatch.setattr(seal, "seal_trail", one.run)
    return one


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["seal", *arguments])


def test_it_prints_what_verify_takes(fake: Fake) -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"1:{SEAL.hash}  0 rows until 2026-11-22T11:55:00.000000Z\n"
    assert fake.asked == [None]


@pytest.mark.parametrize(
    ("end", "note", "printed"),
    [
        (Sealed(SEAL, written=False), "Nothing to seal since.\n", True),
        (Sealed(None, written=False), "Nothing is", False),
    ],
)
def test_nothing_to_do(fake: Fake, end: Sealed, note: str, printed: bool) -> None:
    fake.end = end
    result = run()
    assert result.exit_code == 0
    assert result.stderr.startswith(note)
    assert bool(result.stdout) is printed


def test_json(fake: Fake) -> None:
    assert json.loads(run("--json").stdout) == {"written": True, "seal": asdict(SEAL)}
    fake.end = Sealed(None, written=False)
    assert json.loads(run("--json").stdout) == {"written": False, "seal": None}


def test_where_the_first_begins(fake: Fake) -> None:
    assert run("--from", "2026-01-01T09:00:00+09:00").exit_code == 0
    assert fake.asked == [datetime(2026, 1, 1, tzinfo=UTC)]
    for wrong in ("2026-01-01", "yesterday", "1999-01-01T00:00:00Z", "2027-01-01T00:00:00Z"):
        assert run("--from", wrong).exit_code == 2


@pytest.mark.parametrize("error", [StoreUnavailable("the table is gone"), UnreadableRow("AUDIT#1|2")])
def test_not_sealed(fake: Fake, error: Exception) -> None:
    fake.end = error
    result = run()
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Not sealed: {error}")
