"""Where the vault's master keys come from, by the settings."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from app.bootstrap.no_vault import NO_VAULT
from app.bootstrap.vault import LOCAL_KEY_FILE, data_keys_of, key_file, open_master_keys, open_vault
from app.crypto.key_file import KeyFileBusy, KeyFileWrong, read_keys
from app.crypto.local_keys import LocalKeys
from app.ports.encryption import Place
from app.settings import Environment, Settings
from app.store.kms_keys import KmsKeys
from tests.store.kms import REGION, kms


def local(path: Path | None) -> Settings:
    return Settings(environment=Environment.LOCAL, vault_key_file=path)


def production(**changes: object) -> Settings:
    return Settings.model_validate({"environment": "production", "aws_region": REGION, **changes})


async def test_without_keys_there_is_no_vault() -> None:
    async with open_master_keys(production()) as masters, open_vault(production(), None) as vault:
        assert masters is None
        assert vault is NO_VAULT


async def test_on_a_developers_machine_the_file_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    async with open_master_keys(local(path)) as first:
        assert isinstance(first, LocalKeys)
        before = read_keys(path)
    async with open_master_keys(local(path)) as again:
        assert again is not None
        assert await again.newest() == before[0].name
    assert read_keys(path) == before
    assert stat.S_IMODE((await asyncio.to_thread(path.stat)).st_mode) == 0o600


async def test_of_many_that_start_at_once_all_have_the_same_key(tmp_path: Path) -> None:
    async def start() -> str:
        async with open_master_keys(local(tmp_path / "keys.json")) as masters:
            assert masters is not None
            return await masters.newest()

    assert len(set(await asyncio.gather(*(start() for _ in range(12))))) == 1


async def test_in_production_no_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with pytest.raises(KeyFileWrong, match="No such file"):
        async with open_master_keys(production(vault_key_file=path)):
            raise AssertionError("there are no keys")
    assert os.listdir(tmp_path) == []


async def test_a_change_that_never_ends_is_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keys.json.new").touch()
    monkeypatch.setattr("app.bootstrap.vault._KEY_FILE_TRIES", 2)
    with pytest.raises(KeyFileBusy, match="Remove it"):
        async with open_master_keys(local(tmp_path / "keys.json")):
            raise AssertionError("there are no keys")


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        (local(None), LOCAL_KEY_FILE),
        (local(Path("k.json")), Path("k.json")),
        (production(), None),
        (production(vault_key_file="k.json"), Path("k.json")),
        (production(vault_kms_key="alias/vault"), None),
        (Settings(environment=Environment.LOCAL, vault_kms_key="alias/vault"), None),
    ],
)
def test_where_the_file_is(settings: Settings, path: Path | None) -> None:
    assert key_file(settings) == path


async def test_data_keys_are_wrapped_by_aws_kms_where_the_settings_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("vault", "USER#hanako", "PROFILE", "name", "hanako")
    async with kms() as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", service.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        async with open_master_keys(production(vault_kms_key="alias/vault")) as masters:
            assert isinstance(masters, KmsKeys)
            keys = data_keys_of(masters)
            key = await keys.make("hanako")
            sealed = (await keys.cipher("hanako", key)).encrypt(b"plain", place)
            service.add("second")
            anew = await data_keys_of(masters).rewrap("hanako", key)
            other = await data_keys_of(masters).cipher("hanako", anew)
            assert other.decrypt(sealed, place) == b"plain"
            assert (key.master_key.rpartition("/")[2], anew.master_key.rpartition("/")[2]) == ("first", "second")
            for _ in range(5):
                await keys.cipher("hanako", key)
            assert service.seen["Decrypt"] == 3, "one for the key, two for the one wrapped anew; not one a use"
