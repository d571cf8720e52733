"""`kickbacks vault new-key` and `remove-key`: the file of master keys."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.bootstrap.binding import now
from app.bootstrap.vault import key_file, new_master_key
from app.bootstrap.vault_upkeep import open_vault_scan
from app.cli.exit_codes import EX_CONFIG
from app.cli.output import err, fail
from app.crypto.key_file import KeyFileWrong, add_key, read_keys, remove_key
from app.maintenance.vault_status import VaultStatus, vault_status
from app.ports.errors import StoreError
from app.settings import Settings


def new_key() -> None:
    """Add a master key to the file, which is made if it is not there. New data keys are wrapped by it at once.

    Then `kickbacks vault rotate` wraps the others by it. Keep a copy of the file where the database's backups are not:
    without its master key nothing in the vault can be read again.
    """
    path, key = _file(Settings()), new_master_key()
    try:
        add_key(path, key)
    except KeyFileWrong as error:
        fail(str(error))
    typer.echo(key.name)
    err.print(f"Added to {path}.", markup=False)


def remove_key_(
    name: Annotated[str, typer.Argument(help="The master key, as `kickbacks vault status` names it")],
) -> None:
    """Take an older master key out of the file, if nothing in the vault is wrapped by it any more."""
    settings = Settings()
    path = _file(settings)
    try:
        _check_age(path, timedelta(seconds=settings.request_seconds))
        status = asyncio.run(_status(settings))
        if status.keys[name]:
            fail(f"{status.keys[name]} keys are wrapped by it. Run kickbacks vault rotate first.")
        remove_key(path, name)
    except StoreError as error:
        fail(str(error))
    err.print(f"Removed from {path}.", markup=False)


def _check_age(path: Path, longest_write: timedelta) -> None:
    """Raises KeyFileWrong while writes may be under way that began before the newest key was there."""
    newest = read_keys(path)[0]
    if now() - datetime.fromisoformat(newest.created_at) < longest_write:
        seconds = int(longest_write.total_seconds())
        raise KeyFileWrong(f"the newest key is not {seconds} s old: older ones may be in use for a moment")


async def _status(settings: Settings) -> VaultStatus:
    async with open_vault_scan(settings) as scan:
        return await vault_status(scan)


def _file(settings: Settings) -> Path:
    path = key_file(settings)
    if path is None:
        fail("VAULT_KEY_FILE must be set: AWS KMS, or nothing, keeps the master keys here.", code=EX_CONFIG)
    return path
