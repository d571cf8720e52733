"""The demo purchases are loaded by somebody who may."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.identity import open_identity
from app.cli import dev_welcome
from app.cli.api_client import BEARER_VARIABLE
from app.domain.access import Principal, Scope
from app.settings import Settings

URL = "http://127.0.0.1:8080"


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The tokens with which they were loaded."""
    seen: list[str | None] = []

    async def load(url: str, environ: Mapping[str, str]) -> None:
        seen.append(environ.get(BEARER_VARIABLE))

    monkeypatch.setattr(dev_welcome, "_load", load)
    monkeypatch.delenv(BEARER_VARIABLE, raising=False)
    return seen


async def welcomed(tmp_path: Path, **more: Any) -> Settings:
    settings = Settings(**{"environment": "local", "local_token_key": tmp_path / "key.pem", **more})
    ready = asyncio.Event()
    ready.set()
    await dev_welcome.welcome(URL, ready, settings, load=True)
    return settings


async def test_an_open_service_is_shown_no_token(
    tmp_path: Path, loads: list[str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    await welcomed(tmp_path)
    assert loads == [None]
    assert "kickbacks token" not in capsys.readouterr().out


async def test_others_are_shown_one_that_may_record(
    tmp_path: Path, loads: list[str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = await welcomed(tmp_path, access="tokens")
    (token,) = loads
    assert token is not None
    async with open_identity(settings) as identity:
        assert await identity.principal_of(token) == Principal("demo", frozenset({Scope.RECORD}))
    said = capsys.readouterr()
    assert "kickbacks token" in said.out
    assert token not in said.out + said.err
    assert BEARER_VARIABLE not in os.environ


async def test_the_developers_own_is_shown(
    tmp_path: Path, loads: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BEARER_VARIABLE, "mine")
    await welcomed(tmp_path, access="tokens")
    assert loads == ["mine"]


async def test_the_service_is_of_use_without_a_key(
    tmp_path: Path, loads: list[str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    await welcomed(tmp_path, access="tokens", local_token_key=tmp_path)
    assert loads == []
    said = capsys.readouterr()
    assert "could not be loaded" in said.err
    assert URL in said.out
