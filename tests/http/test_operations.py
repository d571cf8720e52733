"""Health, metrics, documentation."""

import re
from pathlib import Path
from typing import Any

from httpx import AsyncClient
from pydantic import SecretStr

from app.settings import Environment, Settings
from tests.bodies import body
from tests.http.conftest import running
from tests.identity.issuer import AUDIENCE, issuer
from tests.openapi_document import openapi_yaml


async def test_health(http: AsyncClient) -> None:
    assert (await http.get("/health/live")).json() == {"status": "live"}
    assert (await http.get("/health/ready")).json() == {"status": "ready"}


async def test_not_ready_while_draining(shared_settings: Settings) -> None:
    async with running(shared_settings) as http:
        http._transport.app.state.draining = True  # type: ignore[attr-defined]  # what SIGTERM sets
        answer = await http.get("/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert (await http.get("/health/live")).status_code == 200


async def test_production_makes_no_table_and_is_not_ready_without_one(
    admin: Any, shared_settings: Settings, unique: str
) -> None:
    name = f"Missing-{unique}"
    with issuer() as one:
        changes = {
            "environment": Environment.PRODUCTION,
            "cursor_keys": SecretStr("a-secret"),
            "pseudonym_key": SecretStr("a-secret"),
            "auth_issuer": one.url,
            "auth_audience": AUDIENCE,
            "facts_table": name,
        }
        token = one.token("shop", scopes=["kickbacks:record"])
        async with running(shared_settings.model_copy(update=changes)) as http:
            assert (await http.get("/health/live")).status_code == 200
            assert (await http.get("/health/ready")).status_code == 503
            assert (await http.post("/transactions", json=body(unique))).status_code == 401
            http.headers["authorization"] = f"Bearer {token}"
            assert (await http.post("/transactions", json=body(unique))).status_code == 503
    assert name not in (await admin.list_tables())["TableNames"]


async def test_metrics(http: AsyncClient, unique: str) -> None:
    await http.post("/transactions", json=body(unique))
    text = (await http.get("/metrics")).text
    assert re.search(r'kickbacks_requests_total\{method="POST",route="/transactions",status="201"\} [1-9]', text)
    assert re.search(
        r'kickbacks_dynamodb_calls_total\{operation="transact_write_items",outcome="ok",table="facts"\} [1-9]', text
    )
    assert unique not in text


async def test_swagger_ui_needs_no_other_host(http: AsyncClient) -> None:
    page = (await http.get("/docs")).text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        assert (await http.get(asset)).status_code == 200


def test_openapi_yaml_is_what_the_code_says() -> None:
    assert Path("openapi.yaml").read_text(encoding="utf-8") == openapi_yaml(), "run `make openapi`"
