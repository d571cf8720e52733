"""The program as it is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.api_client import UrlInvalid, base_url, open_client
from app.cli.dev_environment import use_embedded, use_local, uses_own_endpoint
from app.cli.main import cli, main
from app.server import listen
from app.settings import ServiceSettings

BOUND_SECONDS = 60
ISSUER = {"AUTH_ISSUER": "https://issuer.example", "AUTH_AUDIENCE": "kickbacks"}
COMMANDS = ["serve", "worker", "dev", "import", "demo", "export", "rebuild", "verify", "expire", "skew"]
COMMANDS += ["journal", "liability"]


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "from app.cli.main import main; main()", *arguments],
        env={**keep, **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=BOUND_SECONDS,
    )


def test_wrong_settings_are_named_without_their_values() -> None:
    done = start("serve", ENVIRONMENT="moon", CATEGORY_SHARDS="secret", CURSOR_KEYS="do-not-show")
    assert done.returncode == 78
    lines = done.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["ENVIRONMENT", "CATEGORY_SHARDS"]
    assert not any(value in done.stderr for value in ("moon", "secret", "do-not-show"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "CURSOR_KEYS"),
        ({"CURSOR_KEYS": "a-secret"}, "AUTH_ISSUER"),
        ({"CURSOR_KEYS": "a-secret", "AUTH_ISSUER": "https://issuer.example"}, "AUTH_AUDIENCE"),
        ({"CURSOR_KEYS": "a-secret", **ISSUER}, "PSEUDONYM_KEY"),
        ({"CURSOR_KEYS": "a-secret", "PSEUDONYM_KEY": "a-secret", **ISSUER, "ACCESS": "open"}, "ACCESS=open"),
    ],
)
def test_production_asks_who_callers_are(given: dict[str, str], told: str) -> None:
    done = start("serve", **given)
    assert done.returncode == 78
    assert done.stderr.startswith(told)
    assert len(done.stderr.splitlines()) == 1
    assert "a-secret" not in done.stderr


# One line for each, which names the variable.
LOCAL = {"ENVIRONMENT": "local"}
BAD: list[tuple[dict[str, str], str]] = [
    ({**LOCAL, "MAX_REQUESTS": "hidden"}, "MAX_REQUESTS: "),
    ({**LOCAL, "DRAIN_SECONDS": "111"}, "DRAIN_SECONDS: "),
    ({**LOCAL, "KEEP_ALIVE_SECONDS": "0"}, "KEEP_ALIVE_SECONDS: "),
    ({**LOCAL, "PROJECTOR": "hidden"}, "PROJECTOR: "),
    ({**LOCAL, "BUSINESS_TIMEZONE": "Hidden/Zone"}, "BUSINESS_TIMEZONE: "),
    ({**LOCAL, "FACTS_TABLE": "hidden name"}, "FACTS_TABLE: "),
    ({**LOCAL, "CALLER_RATES_OF": "{hidden"}, "CALLER_RATES_OF: "),
    ({**LOCAL, "CORS_ORIGINS": "hidden"}, "CORS_ORIGINS: "),
    ({**LOCAL, "CORS_ORIGINS": '["http://hidden.example"]'}, "CORS_ORIGINS_0: "),
    ({**LOCAL, "CATEGORY_SHARDS_OF": '{"GROCERY": "hidden"}'}, "CATEGORY_SHARDS_OF_GROCERY: "),
    ({**LOCAL, "POINT_VALIDITY_UNTIL": "hidden"}, "POINT_VALIDITY_UNTIL: "),
    ({**LOCAL, "VAULT_KEY_FILE": "hidden", "VAULT_KMS_KEY": "hidden"}, "only one of VAULT_KEY_FILE and VAULT_KMS_KEY "),
    ({**LOCAL, **ISSUER, "AUTH_JWKS_URL": "http://hidden.example/keys"}, "AUTH_JWKS_URL must be an https address"),
    ({**LOCAL, "AUTH_ISSUER": "https://hidden.example"}, "AUTH_AUDIENCE must be set with AUTH_ISSUER"),
]


@pytest.mark.parametrize(("given", "told"), BAD, ids=[told for _, told in BAD])
def test_what_cannot_be_right_is_told_in_one_line(
    given: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in list(os.environ):
        if name.lower() in ServiceSettings.model_fields:
            monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["kickbacks", "serve", "--port", "0"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 78
    assert said.startswith(told)
    assert len(said.splitlines()) == 1
    assert "hidden" not in said.lower()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_open_service_stays_on_this_machine(host: str) -> None:
    done = start("serve", "--host", host, "--port", "0", ENVIRONMENT="local")
    assert done.returncode == 78
    assert "OPEN_TO_NETWORK=true" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["serve", "dev"])
def test_a_taken_port_is_told_at_once(command: str) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        done = start(command, "--port", port, ENVIRONMENT="local")
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_has_a_help_text() -> None:
    for command in COMMANDS:
        result = CliRunner().invoke(cli, [command, "--help"])
        assert result.exit_code == 0
        assert command in result.stdout


@pytest.mark.parametrize("url", ["ftp://x", "127.0.0.1:8080", "http://", ""])
def test_a_url_must_be_one(url: str) -> None:
    with pytest.raises(UrlInvalid):
        base_url(url)


async def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:1")
    async with open_client("http://127.0.0.1:8080") as here, open_client("http://example.invalid") as there:
        assert not here.trust_env
        assert there.trust_env


def test_a_developers_own_settings_win() -> None:
    environ = {"ENVIRONMENT": "production", "AWS_DEFAULT_REGION": "eu-west-1", "DRAIN_SECONDS": "3"}
    use_local(environ)
    assert environ == {
        "ENVIRONMENT": "production",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "DRAIN_SECONDS": "3",
        "SHUTDOWN_SECONDS": "2",
    }


def test_real_credentials_never_go_to_the_embedded_database() -> None:
    environ = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "real", "AWS_SECRET_ACCESS_KEY": "real", "NO_PROXY": "a.b"}
    use_local(environ)
    use_embedded(environ, "http://127.0.0.1:9")
    assert "real" not in environ.values()
    assert "AWS_PROFILE" not in environ
    assert environ["NO_PROXY"] == "a.b,127.0.0.1,localhost"
    assert environ["AWS_REGION"] == "ap-northeast-1"
    assert uses_own_endpoint(environ)


def test_an_endpoint_of_ones_own_is_seen() -> None:
    assert not uses_own_endpoint({"AWS_ENDPOINT_URL": ""})
    assert uses_own_endpoint({"AWS_ENDPOINT_URL": "http://x"})
