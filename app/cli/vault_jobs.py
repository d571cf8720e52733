"""`kickbacks vault rotate`, `status`, `erased` and `erase`."""

import asyncio
import json
import logging
import sys
from collections.abc import Coroutine, Sequence
from typing import Annotated, Any, TypeVar

import typer
from uuid_utils import uuid7

from app.bootstrap.vault_upkeep import open_vault_scan, open_vault_upkeep, open_vaulting
from app.callers import Caller, called_by
from app.cli.exit_codes import EX_CONFIG
from app.cli.output import fail, out
from app.commands.erase_user import erase_user
from app.domain.identifiers import check_id
from app.domain.texts import clean_name
from app.logs import configure_logs
from app.maintenance.vault_rotation import Rotated
from app.maintenance.vault_rotation import rotate as run_rotation
from app.maintenance.vault_status import VaultStatus, erased_users, vault_status
from app.ports.errors import StoreError
from app.ports.vault import Erasure, VaultNotConfigured
from app.settings import Settings

_STDIN = "-"
T = TypeVar("T")


def rotate() -> None:
    """Wrap all keys of the vault by the newest master key, while the service runs. Killed, run it again."""
    done = _run(_rotate(Settings()))
    out.print(f"{done.rewrapped} keys wrapped anew by {done.master_key}, in {done.passes} passes.", markup=False)


def status(as_json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False) -> None:
    """Count what is in the vault, and say which master keys are still needed. Exit 1: there are orphans."""
    counted = _run(_status(Settings()))
    if as_json:
        typer.echo(json.dumps(document(counted)))
    else:
        out.print(told(counted), markup=False)
    if counted.orphans:
        fail(
            f"{counted.orphans} rows belong to nobody's key. Nobody can read them; "
            "kickbacks vault erase takes them away, user by user."
        )


def erased() -> None:
    """Print the ids of erased users, one a line: for `kickbacks vault erase -` on a table restored from a backup."""
    _run(_erased(Settings()))


def erase(
    user: Annotated[str, typer.Argument(help="The user's id; - for many on standard input, one a line")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit trail. Nothing personal")],
    erasure_id: Annotated[str | None, typer.Option(help="Names the erasure; random if not given")] = None,
) -> None:
    """Erase a user from the vault for good. The ledger and everything under the user id stays. Twice is once."""
    settings = Settings()
    try:
        users = [check_id(one.strip()) for one in sys.stdin if one.strip()] if user == _STDIN else [check_id(user)]
        name, why = check_id(erasure_id or str(uuid7())), clean_name(reason)
    except ValueError as error:
        fail(f"A user's id, the erasure's id or the reason {error}.", code=2)
    for erasure in _run(_erase(settings, users, name, why)):
        out.print(f"{erasure.user_id} erased {erasure.erased_at}", markup=False)


def _run(job: Coroutine[Any, Any, T]) -> T:
    configure_logs(logging.WARNING, to=sys.stderr)
    try:
        return asyncio.run(job)
    except VaultNotConfigured:
        fail("VAULT_KEY_FILE or VAULT_KMS_KEY must be set.", code=EX_CONFIG)
    except StoreError as error:
        fail(f"Not done: {error}. What was done stays; run it again.")


async def _rotate(settings: Settings) -> Rotated:
    async with open_vault_upkeep(settings) as upkeep:
        return await run_rotation(upkeep.vault, upkeep.data_keys)


async def _status(settings: Settings) -> VaultStatus:
    async with open_vault_scan(settings) as scan:
        return await vault_status(scan)


async def _erased(settings: Settings) -> None:
    async with open_vault_scan(settings) as scan:
        async for page in erased_users(scan):
            for user_id in page:
                typer.echo(user_id)


async def _erase(settings: Settings, users: Sequence[str], erasure_id: str, reason: str) -> list[Erasure]:
    async with open_vaulting(settings) as vaulting:
        with called_by(Caller("job:vault-erase", str(uuid7()), reason)):
            return [await erase_user(one, erasure_id, reason, using=vaulting) for one in users]


def told(counted: VaultStatus) -> str:
    """What a person is told."""
    keys = "".join(f"\n  {name}: {count} keys" for name, count in sorted(counted.keys.items())) or " none"
    counts = f"{counted.users} users, {counted.erased} erased, {counted.orphans} orphans."
    return f"{counts} Master keys in use:{keys}"


def document(counted: VaultStatus) -> dict[str, Any]:
    """What a program is told."""
    return {
        "users": counted.users,
        "erased": counted.erased,
        "keysByMasterKey": dict(sorted(counted.keys.items())),
        "orphans": counted.orphans,
        "orphanedUsers": sorted(counted.orphaned),
    }
