"""`kickbacks`: the command line.

Exit codes: 0 done, 1 not (all) done, 2 wrong usage, 78 a setting is missing or wrong.
"""

import sys

import typer
from pydantic import ValidationError

from app.cli.demo import demo
from app.cli.dev import dev
from app.cli.expire import expire
from app.cli.export import export
from app.cli.import_ import import_
from app.cli.journal import journal
from app.cli.liability import liability
from app.cli.open_service import EX_CONFIG
from app.cli.rebuild import rebuild
from app.cli.seal import seal
from app.cli.serve import serve
from app.cli.skew import skew
from app.cli.token import token
from app.cli.vault import vault
from app.cli.verify import verify
from app.cli.worker import worker

cli = typer.Typer(
    name="kickbacks",
    help="Card purchases and their kickbacks: run the service, and put data in and out of it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command()(serve)
cli.command()(worker)
cli.command()(dev)
cli.command()(demo)
cli.command()(export)
cli.command("import")(import_)
cli.command()(expire)
cli.command()(skew)
cli.command()(seal)
cli.command()(rebuild)
cli.command()(verify)
cli.command()(journal)
cli.command()(liability)
cli.command()(token)
cli.add_typer(vault)


def main() -> None:
    """The entry point. Wrong settings are told by their variable, one a line, never with their value."""
    try:
        cli()
    except ValidationError as error:
        if error.title not in ("Settings", "ServiceSettings"):
            raise
        for line in wrong_settings(error):
            print(line, file=sys.stderr)
        sys.exit(EX_CONFIG)


def wrong_settings(error: ValidationError) -> list[str]:
    """One line for each variable; a rule about several variables names them itself."""
    lines = []
    for found in error.errors(include_input=False, include_url=False, include_context=False):
        variable = "_".join(str(part) for part in found["loc"]).upper()
        message = found["msg"].removeprefix("Value error, ")
        lines.append(f"{variable}: {message}" if variable else message)
    return lines
