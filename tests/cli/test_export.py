import csv
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from app.cli import export
from app.cli.api_client import open_client
from app.cli.export_formats import COLUMNS, csv_line, guarded
from app.cli.main import cli
from tests.cli.fake_api import patience


class Pages:
    """A list of the API, two items a page, whose second page fails at first."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self.items = items
        self.requests: list[httpx.Request] = []
        self.failures = [503]

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        start = int(request.url.params.get("cursor", "0"))
        if start and self.failures:
            return httpx.Response(self.failures.pop(), json={"code": "UNAVAILABLE", "detail": "Later."})
        following = str(start + 2) if start + 2 < len(self.items) else None
        return httpx.Response(200, json={"items": self.items[start : start + 2], "nextCursor": following})


ITEMS = [
    {"transactionId": f"t{number}", "merchantName": name, "transactionAmount": -number, "kickbackRate": 0.01}
    for number, name in enumerate(["スーパー", "=cmd()", 'a "quoted", name', "-1", "x"])
]


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    made = Pages(ITEMS)
    transport = httpx.MockTransport(made.answer)
    monkeypatch.setattr(export, "open_client", lambda url: open_client(url, transport=transport))
    monkeypatch.setattr(export, "Patience", patience)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["export", *arguments])


def test_json_lines_hold_every_item_as_it_is(pages: Pages) -> None:
    result = run("--user", "u1", "--format", "jsonl", "--from", "2023-05-01", "--to", "2023-05-31")
    assert [json.loads(line) for line in result.stdout.splitlines()] == ITEMS
    first = pages.requests[0].url
    assert first.path == "/users/u1/kickbacks"
    assert dict(first.params) == {"from": "2023-05-01", "to": "2023-05-31", "limit": "200"}
    assert len(pages.requests) == 4
    assert result.stderr == "5 purchases written.\n"


def test_csv_is_safe_to_open_in_a_spreadsheet(pages: Pages) -> None:
    rows = list(csv.DictReader(io.StringIO(run("--category", "GROCERY").stdout)))
    assert [row["merchantName"] for row in rows] == ["スーパー", "'=cmd()", 'a "quoted", name', "'-1", "x"]
    assert [row["transactionAmount"] for row in rows] == ["0", "-1", "-2", "-3", "-4"]
    assert tuple(rows[0]) == COLUMNS
    assert pages.requests[0].url.path == "/categories/GROCERY/transactions"


def test_reversals_are_told_from_purchases(pages: Pages) -> None:
    pages.items = [{**ITEMS[0], "reversalId": "v1", "reason": "=返品"}, ITEMS[0]]
    rows = list(csv.DictReader(io.StringIO(run("--user", "u1").stdout)))
    assert [(row["transactionId"], row["reversalId"], row["reason"]) for row in rows] == [
        ("t0", "v1", "'=返品"),
        ("t0", "", ""),
    ]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1"])
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert next(csv.reader(io.StringIO(csv_line({"description": text}), newline="")))[
        COLUMNS.index("description")
    ].startswith("'")


def test_a_file_is_whole_or_not_there(pages: Pages, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    pages.failures = [503] * 10
    result = run("--card", "c1", "--output", str(target))
    assert result.exit_code == 1
    assert "503 UNAVAILABLE: Later." in result.stderr
    assert not list(tmp_path.iterdir())

    pages.failures = []
    assert run("--card", "c1", "--output", str(target)).exit_code == 0
    assert len(target.read_text(encoding="utf-8").splitlines()) == 6
    assert list(tmp_path.iterdir()) == [target]


def test_a_refusal_is_not_tried_again(pages: Pages) -> None:
    pages.failures = [422] * 10
    assert run("--card", "c1").exit_code == 1
    assert len(pages.requests) == 2


@pytest.mark.parametrize("arguments", [[], ["--user", "a", "--card", "b"], ["--user", "a", "--from", "yesterday"]])
def test_wrong_usage(pages: Pages, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2
    assert not pages.requests


def test_an_id_cannot_change_the_path(pages: Pages) -> None:
    run("--user", "../cards/x?y")
    assert pages.requests[0].url.raw_path.startswith(b"/users/..%2Fcards%2Fx%3Fy/kickbacks?")
