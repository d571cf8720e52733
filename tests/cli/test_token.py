"""`kickbacks token`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.bootstrap.identity import open_identity
from app.cli.main import cli
from app.domain.access import Principal, Scope
from app.settings import Settings


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setenv("LOCAL_TOKEN_KEY", str(tmp_path / "key.pem"))
    return tmp_path / "key.pem"


async def principal(*arguments: str) -> Principal:
    """Whom the service takes the holder of the printed token for."""
    done = CliRunner().invoke(cli, ["token", *arguments])
    assert done.exit_code == 0, done.stderr
    printed = done.stdout.splitlines()
    assert len(printed) == 1
    assert printed[0] not in done.stderr
    async with open_identity(Settings()) as identity:
        return await identity.principal_of(printed[0])


async def test_a_user(key: Path) -> None:
    found = await principal("--user", "hanako", "--scope", "kickbacks:audit", "--scope", "kickbacks:analyze")
    assert found == Principal("hanako", frozenset({Scope.AUDIT, Scope.ANALYZE}), "hanako")


async def test_a_program(key: Path) -> None:
    assert await principal("--scope", "kickbacks:record") == Principal("developer", frozenset({Scope.RECORD}))
    assert await principal("--client", "pos-1", "--minutes", "1") == Principal("pos-1")


@pytest.mark.parametrize("environment", ["production", None])
def test_it_refuses_elsewhere(key: Path, monkeypatch: pytest.MonkeyPatch, environment: str | None) -> None:
    monkeypatch.delenv("ENVIRONMENT")
    if environment:
        monkeypatch.setenv("ENVIRONMENT", environment)
    done = CliRunner().invoke(cli, ["token", "--user", "hanako"])
    assert done.exit_code == 78
    assert done.stdout == ""
    assert "ENVIRONMENT=local" in done.stderr
    assert not key.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--user", "hanako yamada"],
        ["--user", "4111111111111111"],
        ["--scope", "all"],
        ["--minutes", "0"],
        ["--user", ""],
    ],
)
def test_it_refuses_what_makes_no_sense(key: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(cli, ["token", *arguments])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "4111111111111111" not in done.stderr


def test_it_refuses_a_key_that_others_can_read(key: Path) -> None:
    CliRunner().invoke(cli, ["token"])
    key.chmod(0o644)
    done = CliRunner().invoke(cli, ["token"])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "chmod 600" in done.stderr
