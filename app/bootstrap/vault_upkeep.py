"""The parts of `kickbacks vault`, put together."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.bootstrap.binding import client_options, now
from app.bootstrap.no_vault import NO_VAULT
from app.bootstrap.projector import new_token
from app.bootstrap.vault import data_keys_of, open_master_keys, open_vault
from app.callers import current_caller
from app.commands.vaulting import Vaulting
from app.ports.auditor import Auditor
from app.ports.encryption import DataKeys
from app.ports.vault import VaultNotConfigured
from app.ports.vault_scans import VaultScan
from app.retrying import CONFLICT_SECONDS, Backoff
from app.settings import Settings
from app.store.audit import DynamoAuditTrail
from app.store.client import data_client
from app.store.database import Database
from app.store.erasable import ErasableDatabase
from app.store.vault_scans import DynamoVaultScan

_SEGMENTS = 4
_READS = 4


@dataclass(frozen=True, slots=True)
class VaultUpkeep:
    """Reading the whole vault, and its keys."""

    vault: VaultScan
    data_keys: DataKeys


@asynccontextmanager
async def open_vault_upkeep(settings: Settings) -> AsyncIterator[VaultUpkeep]:
    """On the table and the master keys that the settings name. Raises VaultNotConfigured and KeyFileWrong."""
    async with data_client(client_options(settings)) as client, open_master_keys(settings) as masters:
        if masters is None:
            raise VaultNotConfigured
        yield VaultUpkeep(vault_scan_of(settings, client), data_keys_of(masters))


@asynccontextmanager
async def open_vault_scan(settings: Settings) -> AsyncIterator[VaultScan]:
    """Without keys: for counting."""
    async with data_client(client_options(settings)) as client:
        yield vault_scan_of(settings, client)


@asynccontextmanager
async def open_vaulting(settings: Settings) -> AsyncIterator[Vaulting]:
    """For commands on the vault that no request asks for. Raises VaultNotConfigured and KeyFileWrong."""
    async with data_client(client_options(settings)) as client, open_vault(settings, client) as vault:
        if vault is NO_VAULT:  # before there is a row in the audit trail
            raise VaultNotConfigured
        trail = DynamoAuditTrail(Database(client, settings.facts_table), settings.audit_shards)
        yield Vaulting(vault, Auditor(trail, current_caller, now), now, os.urandom)


def vault_scan_of(settings: Settings, client: Any) -> DynamoVaultScan:
    """All rows of the vault."""
    return DynamoVaultScan(
        ErasableDatabase(client, settings.vault_table),
        _SEGMENTS,
        asyncio.Semaphore(_READS),
        Backoff(settings.write_attempts, random.random, longest=CONFLICT_SECONDS),
        new_token,
    )
