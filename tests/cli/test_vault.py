"""`kickbacks vault`, on a table and a file of keys."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from app.bootstrap.vault import open_vault
from app.cli import vault_jobs
from app.cli.main import cli
from app.crypto.key_file import read_keys
from app.domain.personal import Email, PersonName, Profile
from app.ports.vault import Vault
from app.settings import Settings
from app.store.client import ClientOptions, admin_client, data_client
from tests.vaults import AT, dump

T = TypeVar("T")
KNOWN = Profile(PersonName("山田 花子"), Email("hanako@example.test"))


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys.json"
    monkeypatch.setattr(vault_jobs, "configure_logs", lambda *_, **__: None)
    for name in ("VAULT_KMS_KEY", "ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAULT_KEY_FILE", str(path))
    return path


@pytest_asyncio.fixture
async def tables(
    make_vault_table: Callable[[], Awaitable[str]], shared_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> str:
    """A vault of its own, beside the facts, where the audit trail is."""
    name = await make_vault_table()
    monkeypatch.setenv("FACTS_TABLE", shared_settings.facts_table)
    monkeypatch.setenv("VAULT_TABLE", name)
    return name


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["vault", *arguments], input=stdin)


def with_vault(use: Callable[[Vault], Awaitable[T]]) -> T:
    """As the service opens it."""

    async def opened() -> T:
        async with (
            data_client(ClientOptions(region="ap-northeast-1")) as client,
            open_vault(Settings(), client) as vault,
        ):
            return await use(vault)

    return asyncio.run(opened())


def status() -> dict[str, object]:
    done = run("status", "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output))


async def fill(vault: Vault) -> None:
    for user in ("hanako", "taro", "jiro"):
        await vault.put_profile(user, KNOWN, at=AT)


@pytest.mark.dynamodb
def test_from_the_first_key_to_the_next_one(keys: Path, tables: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run("new-key")
    assert first.exit_code == 0, first.output
    old = read_keys(keys)[0].name
    assert first.stdout.strip() == old
    with_vault(fill)
    assert status() == {
        "users": 3,
        "erased": 0,
        "keysByMasterKey": {old: 4},
        "orphans": 0,
        "orphanedUsers": [],
    }
    assert run("new-key").exit_code == 0
    new = read_keys(keys)[0].name
    used = run("remove-key", old)
    assert (used.exit_code, "not 15 s old" in used.output) == (1, True)
    monkeypatch.setenv("REQUEST_SECONDS", "0.001")
    used = run("remove-key", old)
    assert (used.exit_code, "4 keys are wrapped by it" in used.output) == (1, True)
    assert [one.name for one in read_keys(keys)] == [new, old]
    assert f"4 keys wrapped anew by {new}" in run("rotate").output
    assert f"0 keys wrapped anew by {new}, in 1 passes" in run("rotate").output
    assert status()["keysByMasterKey"] == {new: 4}
    assert run("remove-key", old).exit_code == 0
    assert [one.name for one in read_keys(keys)] == [new]
    assert run("remove-key", new).exit_code == 1, "the newest stays"
    assert with_vault(lambda vault: vault.profile_of("hanako")) == KNOWN


@pytest.mark.dynamodb
def test_erasing_is_in_the_trail_and_can_be_repeated_elsewhere(keys: Path, tables: str, unique: str) -> None:
    run("new-key")
    with_vault(fill)
    done = run("erase", "hanako", "--reason", f"asked by letter {unique}", "--erasure-id", unique)
    assert done.exit_code == 0, done.output
    assert run("erase", "hanako", "--reason", "again").output == done.output, "the first one stands"
    assert run("erased").stdout.split() == ["hanako"]
    assert run("erase", "-", "--reason", "restored", stdin="taro\n\nhanako\n").exit_code == 0
    assert sorted(run("erased").stdout.split()) == ["hanako", "taro"]
    assert status() | {"keysByMasterKey": 0} == {
        "users": 1,
        "erased": 2,
        "keysByMasterKey": 0,
        "orphans": 0,
        "orphanedUsers": [],
    }
    assert with_vault(lambda vault: vault.profile_of("hanako")) is None

    async def trail() -> list[str]:
        async with admin_client("ap-northeast-1") as admin:
            items = await dump(admin, Settings().facts_table)
        return [repr(item) for item in items if item["PK"]["S"].startswith("AUDIT#") and unique in repr(item)]

    (row,) = asyncio.run(trail())
    for word in ("user.erase", "user:hanako", "job:vault-erase", f"asked by letter {unique}", "BEGUN"):
        assert word in row


@pytest.mark.dynamodb
def test_rows_without_a_key_are_told(keys: Path, tables: str) -> None:
    run("new-key")
    with_vault(fill)

    async def lose_a_key() -> None:
        async with admin_client("ap-northeast-1") as admin:
            await admin.delete_item(TableName=tables, Key={"PK": {"S": "USER#jiro"}, "SK": {"S": "KEY"}})

    asyncio.run(lose_a_key())
    told = run("status")
    assert told.exit_code == 1
    assert "2 users, 0 erased, 2 orphans" in told.output
    assert json.loads(run("status", "--json").stdout.splitlines()[0])["orphanedUsers"] == ["jiro"]
    assert run("erase", "jiro", "--reason", "clearing away").exit_code == 0
    assert run("status").exit_code == 0


@pytest.mark.parametrize("command", [["rotate"], ["erase", "hanako", "--reason", "r"]])
def test_without_keys_there_is_nothing_to_do(
    keys: Path, command: list[str], dynamodb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VAULT_KEY_FILE")
    done = run(*command)
    assert (done.exit_code, "must be set" in done.output) == (78, True)


def test_a_key_in_kms_is_not_in_a_file(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAULT_KEY_FILE")
    monkeypatch.setenv("VAULT_KMS_KEY", "alias/vault")
    assert run("new-key").exit_code == 78


def test_a_file_that_others_can_read_is_refused(keys: Path, dynamodb_url: str) -> None:
    run("new-key")
    keys.chmod(0o644)
    for command in (["new-key"], ["rotate"], ["remove-key", "x"]):
        done = run(*command)
        assert (done.exit_code, "by others" in done.output) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [["a b", "--reason", "r"], ["hanako", "--reason", " "], ["hanako", "--reason", "r", "--erasure-id", "#"]],
)
def test_what_is_no_user_or_reason_is_refused_and_not_repeated(keys: Path, arguments: list[str]) -> None:
    done = run("erase", *arguments)
    assert done.exit_code == 2
    assert "a b" not in done.output
