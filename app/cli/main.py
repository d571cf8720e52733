"""`kickbacks`: the command line.

Exit codes: 0 done, 1 not (all) done, 2 wrong usage, 78 a setting is missing or wrong.
"""

import re
import sys
from typing import NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from app.cli.exit_codes import EX_CONFIG
from app.cli.lazy import lazy_group

_COMMANDS = {
    "serve": "app.cli.serve:serve",
    "worker": "app.cli.worker:worker",
    "dev": "app.cli.dev:dev",
    "demo": "app.cli.demo:demo",
    "export": "app.cli.export:export",
    "import": "app.cli.import_:import_",
    "expire": "app.cli.expire:expire",
    "skew": "app.cli.skew:skew",
    "seal": "app.cli.seal:seal",
    "rebuild": "app.cli.rebuild:rebuild",
    "verify": "app.cli.verify:verify",
    "journal": "app.cli.journal:journal",
    "liability": "app.cli.liability:liability",
    "token": "app.cli.token:token",
    "vault": "app.cli.vault:vault",
}
_QUOTED = re.compile(r'"(\w+)"')

cli = typer.Typer(
    name="kickbacks",
    cls=lazy_group(_COMMANDS),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.callback()
def kickbacks() -> None:
    """Card purchases and their kickbacks: run the service, and put data in and out of it."""


def main() -> None:
    """The entry point. Wrong settings are told by their variable, one a line, never with their value."""
    try:
        cli()
    except ValidationError as error:
        if error.title not in ("Settings", "ServiceSettings"):
            raise
        _end_with(wrong_settings(error))
    except SettingsError as error:  # JSON, where a setting is a list or a table
        variable = _QUOTED.search(str(error))
        _end_with([f"{variable[1].upper() if variable else 'A setting'}: Input should be valid JSON"])


def _end_with(lines: list[str]) -> NoReturn:
    for line in lines:
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
