import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import expire
from app.cli.main import cli
from app.domain.kickbacks import KickbackType
from app.maintenance.expiring import Expired
from app.ports.errors import StoreUnavailable
from app.settings import Settings

NOW = datetime(2022, 10, 9, 3, tzinfo=UTC)
TWO_DAYS = Expired(date(2022, 10, 8), date(2022, 10, 9))


def done(**changes: Any) -> Expired:
    amounts = {KickbackType.MILE: 7, KickbackType.POINT: 15}
    return Expired(date(2022, 10, 8), date(2022, 10, 9), **{"accounts": 3, "entries": 4, "amounts": amounts, **changes})


@dataclass
class Fake:
    """A run that comes to this end, or raises it."""

    end: Expired | Exception = field(default_factory=done)
    asked: list[dict[str, Any]] = field(default_factory=list)
    posting: Any = field(default_factory=lambda: SimpleNamespace(now=lambda: NOW))

    async def run(self, _: Any, **asked: Any) -> Expired:
        self.asked.append(asked)
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
    monkeypatch.setattr(expire, "configure_logs", lambda *_, **__: None)
    monkeypatch.setattr(expire, "open_expiring", opened)
    monkeypatch.setattr(expire, "run", one.run)
    return one


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["expire", *arguments])


def test_it_says_what_it_did(fake: Fake) -> None:
    result = run()
    assert result.exit_code == 0
    assert result.stdout == (
        "2022-10-08 to 2022-10-09: 3 accounts looked at, 4 entries booked, 15 POINT, 7 MILE expired.\n"
    )
    assert fake.asked == [{"until": None, "since": None}]


def test_nothing_was_over(fake: Fake) -> None:
    fake.end = TWO_DAYS
    assert run().stdout == "2022-10-08 to 2022-10-09: 0 accounts looked at, 0 entries booked, nothing expired.\n"


def test_json(fake: Fake) -> None:
    fake.end = done(done=date(2022, 10, 8))
    result = run("--json")
    assert json.loads(result.stdout) == {
        "from": "2022-10-08",
        "through": "2022-10-09",
        "accounts": 3,
        "entries": 4,
        "expired": {"POINT": 15, "MILE": 7, "CASHBACK": 0},
        "failed": 0,
        "doneThrough": "2022-10-08",
    }


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_accounts_that_could_not_be_done(fake: Fake, arguments: list[str]) -> None:
    fake.end = done(failed=2, reason="too much load")
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stderr == "2 accounts could not be done: too much load. Run it again.\n"
    assert "4" in result.stdout


def test_nothing_could_be_done(fake: Fake) -> None:
    fake.end = StoreUnavailable("the table is gone")
    result = run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Not done: the table is gone. What was booked stays; run it again.\n"


def test_until_and_from(fake: Fake) -> None:
    assert run("--until", "2022-10-09T12:00:00+09:00", "--from", "2022-10-01").exit_code == 0
    assert fake.asked == [{"until": NOW, "since": date(2022, 10, 1)}]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--until", "2022-10-09"),
        ("--until", "2022-10-09T12:00:00"),
        ("--until", "2022-10-09T12:00:01+09:00"),  # a second from now
        ("--until", "1999-12-31T12:00:00Z"),
        ("--until", "9999-12-31T23:59:59Z"),
        ("--from", "yesterday"),
        ("--from", "2022-02-30"),
    ],
)
def test_what_makes_no_sense_is_refused(fake: Fake, option: str, value: str) -> None:
    result = run(option, value)
    assert result.exit_code == 2
    assert option in result.stderr
    assert fake.asked == []
