"""What people see: results on standard output, everything else on standard error."""

from typing import NoReturn

import typer
from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Says why, and ends the program."""
    err.print(message, style="red", markup=False)
    raise typer.Exit(code)
