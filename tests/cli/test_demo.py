import json
import re
from datetime import date, timedelta

import httpx
import pytest
from typer.testing import CliRunner

from app.api.transaction_body import EXAMPLE, TransactionBody
from app.cli import demo
from app.cli.demo_data import DAYS, FIRST_DAY, demo_purchases
from app.cli.main import cli
from tests.cli.fake_api import FakeApi, answering


def test_the_same_seed_makes_the_same_purchases() -> None:
    assert demo_purchases(1, 50) == demo_purchases(1, 50)
    assert demo_purchases(1, 50) != demo_purchases(2, 50)


def test_the_documentations_example_can_still_be_recorded() -> None:
    assert EXAMPLE["transactionId"] not in {one["transactionId"] for one in demo_purchases(1, 300)}


def test_all_are_valid_and_have_ids_and_days_of_their_own_season() -> None:
    purchases = demo_purchases(1, 300)
    for purchase in purchases:
        TransactionBody.model_validate_json(json.dumps(purchase))
    days = [date.fromisoformat(purchase["transactionDate"]) for purchase in purchases]
    assert len({purchase["transactionId"] for purchase in purchases}) == 300
    assert days == sorted(days)
    assert days[0] >= FIRST_DAY
    assert days[-1] < FIRST_DAY + timedelta(days=DAYS)
    assert {purchase["kickbackType"] for purchase in purchases} == {"POINT", "MILE", "CASHBACK"}
    assert not any(re.search(r"\d{13}", purchase["cardId"]) for purchase in purchases)


class DemoApi(FakeApi):
    """Also answers GET /transactions/{id}."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        key = request.url.path.removeprefix("/transactions/")
        if request.method == "GET" and key in self.purchases:
            self.requests.append(request)
            return httpx.Response(200, json=self.purchases[key])
        return super().answer(request)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> DemoApi:
    made = DemoApi()
    monkeypatch.setattr(demo, "open_client", lambda _: made.client())
    return made


def test_loading_twice_changes_nothing(api: DemoApi) -> None:
    first = CliRunner().invoke(cli, ["demo", "--count", "20"])
    second = CliRunner().invoke(cli, ["demo", "--count", "20"])
    assert first.stdout == "20 purchases recorded, 0 were there already.\n"
    assert second.stdout == "0 purchases recorded, 20 were there already.\n"


def test_if_empty_loads_only_what_is_not_there(api: DemoApi) -> None:
    assert CliRunner().invoke(cli, ["demo", "--count", "20", "--if-empty"]).exit_code == 0
    assert len(api.purchases) == 20
    api.requests.clear()
    assert CliRunner().invoke(cli, ["demo", "--count", "20", "--if-empty"]).exit_code == 0
    assert [request.method for request in api.requests] == ["GET"]


def test_a_load_that_was_interrupted_is_gone_on_with(api: DemoApi) -> None:
    api.purchases = {one["transactionId"]: one for one in demo_purchases(1, 20)[:10]}
    result = CliRunner().invoke(cli, ["demo", "--count", "20", "--if-empty"])
    assert result.stdout == "10 purchases recorded, 10 were there already.\n"


def test_a_refusal_is_told(api: DemoApi) -> None:
    api.purchases = {demo_purchases(1, 2)[0]["transactionId"]: {"somebody": "else's"}}
    result = CliRunner().invoke(cli, ["demo", "--count", "2"])
    assert result.exit_code == 1
    assert "1 purchases were refused: TRANSACTION_CONFLICT" in result.stderr


def test_a_service_that_answers_something_else_is_told(api: DemoApi) -> None:
    api.faults = [answering(500)]
    result = CliRunner().invoke(cli, ["demo", "--if-empty"])
    assert result.exit_code == 1
    assert "500" in result.stderr
