"""The vault on DynamoDB, with its master keys from a file or from AWS KMS."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from uuid_utils import uuid4

from app.bootstrap.binding import client_options, now
from app.bootstrap.no_vault import NO_VAULT
from app.bootstrap.projector import new_token
from app.crypto.data_keys import EnvelopeKeys
from app.crypto.envelope import KEY_BYTES
from app.crypto.key_file import KeyFileBusy, NamedKey, make_file
from app.crypto.local_keys import LocalKeys
from app.domain.periods import utc_text
from app.ports.encryption import DataKeys, MasterKeys
from app.ports.vault import Vault
from app.retrying import CONFLICT_SECONDS, Backoff
from app.settings import Settings
from app.store.client import kms_client
from app.store.erasable import ErasableDatabase
from app.store.kms_keys import KmsKeys
from app.store.vault import DynamoVault
from app.store.vault_cards import VaultCards
from app.store.vault_erasing import VaultErasing
from app.store.vault_identities import VaultIdentities
from app.store.vault_index import VaultIndex
from app.store.vault_profiles import VaultProfiles
from app.store.vault_users import VaultUsers

LOCAL_KEY_FILE = Path(".local/vault-keys.json")
_DELETES = 4
_KEY_FILE_TRIES = 40


@asynccontextmanager
async def open_vault(settings: Settings, client: Any) -> AsyncIterator[Vault]:
    """On the data client of the process. Without master keys, NO_VAULT. Raises KeyFileWrong."""
    async with open_master_keys(settings) as masters:
        yield NO_VAULT if masters is None else vault_of(settings, client, data_keys_of(masters))


@asynccontextmanager
async def open_master_keys(settings: Settings) -> AsyncIterator[MasterKeys | None]:
    """None where the settings name none. On a developer's machine the file is made. Raises KeyFileWrong."""
    if settings.vault_kms_key is not None:
        async with kms_client(client_options(settings)) as kms:
            yield KmsKeys(kms, settings.vault_kms_key)
        return
    path = key_file(settings)
    if path is None:
        yield None
        return
    if settings.is_local:
        await _make_key_file(path)
    yield await asyncio.to_thread(LocalKeys, path, os.urandom)


def key_file(settings: Settings) -> Path | None:
    """Where the master keys are, if they are in a file."""
    if settings.vault_kms_key is not None:
        return None
    return settings.vault_key_file or (LOCAL_KEY_FILE if settings.is_local else None)


def new_master_key() -> NamedKey:
    """Named for its day, so that people can tell them apart."""
    at = utc_text(now())
    return NamedKey(f"{at[:10]}-{uuid4().hex[:8]}", at, os.urandom(KEY_BYTES))


def data_keys_of(masters: MasterKeys) -> DataKeys:
    """Unpredictable ones."""
    return EnvelopeKeys(masters, os.urandom, lambda: str(uuid4()))


def vault_of(settings: Settings, client: Any, data_keys: DataKeys) -> DynamoVault:
    """The parts, put together."""
    database = ErasableDatabase(client, settings.vault_table)
    users = VaultUsers(
        database,
        data_keys,
        VaultIndex(database, data_keys),
        Backoff(settings.write_attempts, random.random, longest=CONFLICT_SECONDS),
        new_token,
    )
    return DynamoVault(
        VaultIdentities(users),
        VaultProfiles(users),
        VaultCards(users, settings.vault_keep_pan),
        VaultErasing(users, asyncio.Semaphore(_DELETES)),
    )


async def _make_key_file(path: Path) -> None:
    """Several processes may start at once, and one of them makes it."""
    for attempt in range(_KEY_FILE_TRIES):
        try:
            await asyncio.to_thread(make_file, path, new_master_key())
        except KeyFileBusy:
            if attempt == _KEY_FILE_TRIES - 1:
                raise
            await asyncio.sleep(0.05)
        else:
            return
