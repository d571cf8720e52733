import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner, Result

from app.cli import liability
from app.cli.main import cli
from app.domain.breakage import MINIMUM_LOTS, RULE
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.ports.errors import StoreUnavailable
from app.ports.scans import FactScan, Unreadable
from app.settings import Settings
from tests.domain.passbooks import earning, passbook
from tests.fakes.scans import FakeFactScan

AT = "2026-06-01T00:00:00+09:00"


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> FakeFactScan:
    one = FakeFactScan()

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncIterator[FactScan]:
        yield one

    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setattr(liability, "configure_logs", lambda *_, **__: None)
    monkeypatch.setattr(liability, "open_facts", opened)
    return one


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["liability", *arguments])


def earn(facts: FakeFactScan, user: str, amount: int, expires_on: date | None, month: int = 4) -> None:
    account = Account(user, KickbackType.POINT)
    at = datetime(2026, month, 10, tzinfo=UTC)
    facts.others += passbook([earning(amount, account=account, expires_on=expires_on, at=at)])


def test_as_json(facts: FakeFactScan) -> None:
    for number in range(MINIMUM_LOTS):
        earn(facts, f"over{number}", 10, date(2026, 5, 1))
    earn(facts, "u1", 1_000, date(2026, 8, 31))
    earn(facts, "u2", 500, None, month=5)
    earn(facts, "u3", 77, None, month=7)  # later
    result = run("--at", AT, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["at"], found["agrees"], found["breakageRule"]) == ("2026-05-31T15:00:00.000000Z", True, RULE)
    points, miles, _ = found["types"]
    assert points == {
        "type": "POINT",
        "total": 1_800,
        "outstanding": 1_800,
        "owed": 0,
        "overdue": 300,
        "byMonthEarned": [{"month": "2026-04", "amount": 1_300}, {"month": "2026-05", "amount": 500}],
        "byMonthOfExpiry": [
            {"month": "2026-05", "amount": 300},
            {"month": "2026-08", "amount": 1_000},
            {"month": "never", "amount": 500},
        ],
        "expectedBreakage": 1_000,
        "lotsOver": {"lots": MINIMUM_LOTS, "earned": 300, "expired": 300},
    }
    assert (miles["total"], miles["byMonthEarned"], miles["expectedBreakage"]) == (0, [], None)


def test_as_text(facts: FakeFactScan) -> None:
    earn(facts, "u1", 1_000, date(2026, 8, 31))
    earn(facts, "u2", 500, date(2026, 5, 1))
    result = run("--at", AT)
    assert result.exit_code == 0
    assert result.stdout == (
        "At 2026-05-31T15:00:00.000000Z: 2 accounts, 2 entries.\n"
        "POINT: 1,500 = 1,500 in lots - 0 owed by customers\n"
        "  earned in 2026-04: 1,500\n"
        "  expiring in 2026-05: 500\n"
        "  expiring in 2026-08: 1,000\n"
        "  over, and not booked as expired yet: 500\n"
        "  expected breakage: unknown of 1,000\n"
        f"Expected breakage: {RULE}\n"
    )


def test_without_an_instant_it_is_now(facts: FakeFactScan) -> None:
    before = datetime.now(UTC)
    found = json.loads(run("--json", "--passes", "3").stdout)
    assert before <= datetime.fromisoformat(found["at"]) <= datetime.now(UTC)


def test_what_is_missing_or_cannot_be_read_is_told(facts: FakeFactScan) -> None:
    facts.unreadable.append(Unreadable("USER#u|LEDGER#POINT#0000000001", "reason"))
    result = run()
    assert result.exit_code == 1
    assert "Cannot be read: USER#u|LEDGER#POINT#0000000001" in result.stderr
    assert "see kickbacks verify" in result.stderr


def test_storage_that_does_not_answer(facts: FakeFactScan) -> None:
    def called(_: str) -> None:
        raise StoreUnavailable("the table is gone")

    facts.called = called
    result = run()
    assert (result.exit_code, result.stderr) == (1, "Not done: the table is gone\n")


@pytest.mark.parametrize("at", ["2026-10-01", "now", "9999-12-31T23:59:59-12:00"])
def test_what_is_no_instant(facts: FakeFactScan, at: str) -> None:
    assert run("--at", at).exit_code == 2
