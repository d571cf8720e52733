import csv
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import journal
from app.cli.main import cli
from app.domain.journal import CHART, Posting
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account, LedgerEntry
from app.ports.errors import StoreUnavailable
from app.ports.scans import FactScan, Unreadable
from app.settings import Settings
from tests.domain.histories import histories
from tests.domain.passbooks import earning, passbook
from tests.fakes.scans import FakeFactScan


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> FakeFactScan:
    one = FakeFactScan()

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncIterator[FactScan]:
        yield one

    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setattr(journal, "configure_logs", lambda *_, **__: None)
    monkeypatch.setattr(journal, "open_facts", opened)
    return one


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["journal", *arguments])


def earned(user: str, at: datetime, amount: int = 50) -> LedgerEntry:
    (entry,) = passbook([earning(amount, account=Account(user, KickbackType.POINT), expires_on=None, at=at)])
    return entry


def test_two_lines_for_an_entry_and_its_sums_on_standard_error(facts: FakeFactScan) -> None:
    facts.others.append(earned("u1", datetime(2026, 9, 30, 15, 0, 0, 250, tzinfo=UTC)))
    result = run("--month", "2026-10")
    assert result.exit_code == 0
    assert result.stdout == (
        "effectiveAt,userId,type,version,kind,accountCode,accountName,debit,credit,cause\n"
        "2026-10-01T00:00:00.000250+09:00,u1,POINT,1,EARN,5110,Promotion cost of points,50,0,TRANSACTION#txn001\n"
        "2026-10-01T00:00:00.000250+09:00,u1,POINT,1,EARN,2110,Points owed to customers,0,50,TRANSACTION#txn001\n"
    )
    assert result.stderr == "1 entries.\nPOINT: debit 50, credit 50\n"


def test_the_month_is_the_business_time_zones(facts: FakeFactScan) -> None:
    edges = [datetime(2026, month, 30 if month == 9 else 31, 15, tzinfo=UTC) for month in (8, 9, 10)]
    facts.others += [earned(f"u{number}", at) for number, at in enumerate(edges)]
    found = list(csv.DictReader(io.StringIO(run("--month", "2026-10").stdout)))
    assert {one["userId"] for one in found} == {"u1"}


def place(line: dict[str, str]) -> tuple[datetime, str, str, int]:
    return datetime.fromisoformat(line["effectiveAt"]), line["userId"], line["type"], int(line["version"])


@pytest.mark.parametrize("passes", ["1", "5"])
def test_months_hold_every_entry_once_and_balance_as_read_back(facts: FakeFactScan, passes: str) -> None:
    facts.others += histories(5, steps=60)
    seen = []
    for month in range(1, 13):
        lines = list(csv.DictReader(io.StringIO(run("--month", f"2026-{month:02d}", "--passes", passes).stdout)))
        assert lines == sorted(lines, key=place)
        assert sum(int(one["debit"]) for one in lines) == sum(int(one["credit"]) for one in lines)
        assert all(CHART[one["accountCode"]].name == one["accountName"] for one in lines)
        seen += [(one["userId"], one["type"], int(one["version"])) for one in lines[::2]]
    assert sorted(seen) == sorted(
        (one.account.user_id, one.account.kind.value, one.version)
        for one in facts.others
        if isinstance(one, LedgerEntry)
    )


def test_what_a_spreadsheet_would_take_for_a_formula_is_guarded(facts: FakeFactScan) -> None:
    entry = earned("-1+2", datetime(2026, 10, 5, tzinfo=UTC))
    facts.others.append(replace(entry, cause="=HYPERLINK(1)"))
    (line, _) = csv.DictReader(io.StringIO(run("--month", "2026-10").stdout))
    assert (line["userId"], line["cause"]) == ("'-1+2", "'=HYPERLINK(1)")


def test_a_file_is_whole(facts: FakeFactScan, tmp_path: Path) -> None:
    facts.others.append(earned("u1", datetime(2026, 10, 5, tzinfo=UTC)))
    file = tmp_path / "journal.csv"
    result = run("--month", "2026-10", "--output", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert len(file.read_text().splitlines()) == 3
    assert list(tmp_path.iterdir()) == [file]


def unbalanced(facts: FakeFactScan) -> None:
    entry = earned("u1", datetime(2026, 10, 5, tzinfo=UTC))
    facts.others.append(replace(entry, postings=(entry.postings[0], Posting("2110", 0, 49))))


def unreadable(facts: FakeFactScan) -> None:
    facts.unreadable.append(Unreadable("USER#u1|LEDGER#POINT#0000000001", "its key is not its own"))


def down(facts: FakeFactScan) -> None:
    def called(_: str) -> None:
        raise StoreUnavailable("the table is gone")

    facts.called = called


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (unbalanced, "Not balanced: u1 POINT 1"),
        (unreadable, "Cannot be read: USER#u1|LEDGER#POINT#0000000001"),
        (down, "Not done: the table is gone"),
    ],
)
def test_a_journal_that_is_not_right_is_no_file(
    facts: FakeFactScan, damage: Callable[[FakeFactScan], None], says: str, tmp_path: Path
) -> None:
    damage(facts)
    result = run("--month", "2026-10", "--output", str(tmp_path / "journal.csv"))
    assert result.exit_code == 1
    assert says in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("month", ["2026", "2026-13", "10-2026", "0001-01", "9999-12"])
def test_what_is_no_month(facts: FakeFactScan, month: str) -> None:
    assert run("--month", month).exit_code == 2


def test_a_place_where_nothing_can_be_written(facts: FakeFactScan, tmp_path: Path) -> None:
    result = run("--month", "2026-10", "--output", str(tmp_path / "nowhere" / "journal.csv"))
    assert result.exit_code == 1
    assert "No such file" in result.stderr
