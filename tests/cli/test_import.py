"""The command as it is called; only the service is made up."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from app.cli import import_
from app.cli.main import cli
from tests.cli.fake_api import FakeApi, lost_connection, patience

Run = Callable[..., Result]


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def run(api: FakeApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setattr(import_, "open_client", lambda _: api.client())
    monkeypatch.setattr(import_, "Patience", patience)
    monkeypatch.delenv(import_.HASH_KEY, raising=False)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["import", str(tmp_path / "file.csv"), *arguments])

    return run


def write(folder: Path, count: int, *, first: int = 0) -> Path:
    path = folder / "file.csv"
    rows = [f"t{number},u{number % 3},{number}.50" for number in range(first, first + count)]
    path.write_text("\n".join(["id,user,amt", *rows]) + "\n")
    return path


MAPPING = (
    "--map",
    "transactionId=id",
    "--map",
    "userId=user",
    "--map",
    "transactionAmount=amt*100",
    "--set",
    "category=A",
)


def errors(folder: Path) -> list[list[str]]:
    with (folder / "file.csv.errors.csv").open(newline="") as file:
        return list(csv.reader(file))


def test_every_row_is_sent_once(run: Run, api: FakeApi, tmp_path: Path) -> None:
    write(tmp_path, 25)
    result = run(*MAPPING, "--chunk", "10")
    assert (result.exit_code, result.stdout) == (
        0,
        "25 created, 0 already there, 0 conflicts, 0 refused, 0 failed\n",
    )
    assert len(api.requests) == 3
    assert api.purchases["t7"] == {"transactionId": "t7", "userId": "u1", "transactionAmount": 750, "category": "A"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.csv"]


def test_a_second_time_nothing_is_new(run: Run, tmp_path: Path) -> None:
    write(tmp_path, 5)
    assert run(*MAPPING).exit_code == 0
    again = run(*MAPPING)
    assert (again.exit_code, again.stdout.split(",")[:2]) == (0, ["0 created", " 5 already there"])


def test_rows_that_are_not_recorded_are_listed_without_what_they_hold(run: Run, api: FakeApi, tmp_path: Path) -> None:
    path = write(tmp_path, 6)
    path.write_text(path.read_text() + "secret,x\nt9,u1,1.234\nt4,u1,9.99\n")
    api.refused_ids = {"t2"}
    result = run(*MAPPING, "--chunk", "4")
    assert result.exit_code == 1
    assert result.stdout == "5 created, 0 already there, 1 conflicts, 3 refused, 0 failed\n"
    assert errors(tmp_path) == [
        ["line", "status", "code", "detail"],
        ["4", "422", "VALIDATION_FAILED", "/category must be something else"],
        ["8", "", "ROW_INVALID", "2 columns instead of 3"],
        ["9", "", "ROW_INVALID", "transactionAmount: not a whole number after multiplying by 100"],
        ["10", "409", "TRANSACTION_CONFLICT", "Nothing was written."],
    ]


def test_errors_of_an_earlier_import_are_gone(run: Run, api: FakeApi, tmp_path: Path) -> None:
    write(tmp_path, 3)
    api.refused_ids = {"t2"}
    assert run(*MAPPING).exit_code == 1
    api.refused_ids = set()
    assert run(*MAPPING).exit_code == 0
    assert not (tmp_path / "file.csv.errors.csv").exists()


def stop_after(api: FakeApi, requests: int) -> None:
    """So many requests are answered, then the service is gone."""
    api.faults = [lambda _: None] * requests + [lost_connection] * 50


def test_an_import_that_broke_off_is_gone_on_with(run: Run, api: FakeApi, tmp_path: Path) -> None:
    write(tmp_path, 40)
    api.refused_ids = {"t3", "t33"}
    stop_after(api, 2)
    broken = run(*MAPPING, "--chunk", "10", "--requests", "1")
    assert broken.exit_code == 1
    assert "--resume" in broken.stderr
    assert len(api.purchases) == 19

    api.faults = []
    api.requests.clear()
    result = run(*MAPPING, "--chunk", "10", "--requests", "1", "--resume")
    assert result.stdout == "38 created, 0 already there, 0 conflicts, 2 refused, 0 failed\n"
    assert len(api.requests) == 2
    assert [row[0] for row in errors(tmp_path)] == ["line", "5", "35"]
    assert not (tmp_path / "file.csv.import-state.json").exists()


def test_errors_written_after_the_last_state_are_not_doubled(run: Run, api: FakeApi, tmp_path: Path) -> None:
    write(tmp_path, 20)
    api.refused_ids = {"t3", "t13"}
    stop_after(api, 1)
    run(*MAPPING, "--chunk", "10", "--requests", "1")
    with (tmp_path / "file.csv.errors.csv").open("a") as file:  # a kill between the two files
        file.write("15,422,VALIDATION_FAILED,once\n16,422,half a li")
    api.faults = []
    run(*MAPPING, "--chunk", "10", "--requests", "1", "--resume")
    assert [row[0] for row in errors(tmp_path)] == ["line", "5", "15"]


@pytest.mark.parametrize(
    ("change", "why"),
    [("file", "the file"), ("mapping", "the mapping"), ("key", "the secret key"), ("url", "the service")],
)
def test_something_else_is_not_gone_on_with(run: Run, api: FakeApi, tmp_path: Path, change: str, why: str) -> None:
    mapping = [*MAPPING, "--chunk", "2", "--requests", "1"]
    write(tmp_path, 8)
    stop_after(api, 1)
    run(*mapping, "--hash-key", "one")
    api.faults = []
    api.requests.clear()
    write(tmp_path, 8, first=100 if change == "file" else 0)
    more = {"mapping": ["--set", "channel=STORE"], "url": ["--url", "http://127.0.0.1:2"]}.get(change, [])
    result = run(*mapping, *more, "--hash-key", "two" if change == "key" else "one", "--resume")
    assert result.exit_code == 1
    assert why in result.stderr
    assert not api.requests


def test_resume_without_anything_begun_begins(run: Run, tmp_path: Path) -> None:
    write(tmp_path, 3)
    assert run(*MAPPING, "--resume").stdout.startswith("3 created")


def test_chunks_that_answer_out_of_order_are_settled_in_order(run: Run, api: FakeApi, tmp_path: Path) -> None:
    write(tmp_path, 12)
    api.refused_ids = {"t0", "t5", "t11"}
    api.faults = [lost_connection, lambda _: None, lost_connection]
    run(*MAPPING, "--chunk", "2", "--requests", "4")
    assert [row[0] for row in errors(tmp_path)] == ["line", "2", "7", "13"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--map", "transactionId"], "field=..."),
        (["--map", "transactionId=nope"], "no column nope"),
        (["--map", "colour=id"], "no field colour"),
        (["--map", "cardId=hmac(id)"], "KICKBACKS_HASH_KEY"),
        (["--timezone", "Mars/Base"], "time zone"),
        (["--encoding", "klingon"], "klingon"),
        (["--url", "ftp://x"], "http://"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_sent(
    run: Run, api: FakeApi, tmp_path: Path, arguments: list[str], why: str
) -> None:
    write(tmp_path, 3)
    result = run(*arguments)
    assert result.exit_code == 1
    assert why in result.stderr
    assert not api.requests


def test_json_lines_and_a_mapping_file(run: Run, api: FakeApi, tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text(
        json.dumps({"id": "t1", "yen": 500, "shop": "スーパー"}) + "\n", encoding="cp932"
    )
    mapping = tmp_path / "m.toml"
    mapping.write_text('encoding = "cp932"\n[map]\ntransactionId="id"\ntransactionAmount="yen"\n[set]\ncategory="B"')
    result = run("--format", "jsonl", "--map-file", str(mapping), "--map", "merchantName=shop", "--set", "category=C")
    assert result.exit_code == 0
    assert api.purchases == {
        "t1": {"transactionId": "t1", "transactionAmount": 500, "merchantName": "スーパー", "category": "C"}
    }


def test_what_the_service_refuses_as_a_whole_is_told(run: Run, api: FakeApi, tmp_path: Path) -> None:
    write(tmp_path, 3)
    api.faults = [lambda _: httpx.Response(404, text="<html>")]
    result = run(*MAPPING)
    assert result.exit_code == 1
    assert "is this the address of the service?" in result.stderr
