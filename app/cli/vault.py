"""`kickbacks vault ...`: the keys of the vault, and erasing from it."""

import typer

from app.cli.vault_jobs import erase, erased, rotate, status
from app.cli.vault_keys import new_key, remove_key_

vault = typer.Typer(
    name="vault", help="The vault's keys, and erasing users.", no_args_is_help=True, add_completion=False
)
vault.command("new-key")(new_key)
vault.command()(rotate)
vault.command()(status)
vault.command("remove-key")(remove_key_)
vault.command()(erase)
vault.command()(erased)
