"""Commands are there by name, and only what is asked for is imported."""

import gc
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from app.cli.lazy import lazy_group
from app.cli.main import cli


def test_nothing_is_imported_for_a_command_that_is_not_asked_for() -> None:
    """The service starts without what demo, import and export need: a container is ready sooner."""
    code = (
        "import sys, app.cli.main; print([one for one in sys.modules if one.startswith(('app.', 'fastapi', 'boto'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert eval(done.stdout) == ["app.cli", "app.cli.exit_codes", "app.cli.lazy", "app.cli.main"]


def test_a_command_and_a_group_of_commands() -> None:
    assert "--port" in CliRunner().invoke(cli, ["serve", "--help"]).output
    assert "rotate" in CliRunner().invoke(cli, ["vault", "--help"]).output
    assert "--if-empty" in CliRunner().invoke(cli, ["demo", "--help"]).output


def test_a_mistyped_one_is_told_what_it_may_have_been() -> None:
    result = CliRunner().invoke(cli, ["serv"])
    assert result.exit_code == 2
    assert "Did you mean 'serve'" in result.output


def test_garbage_is_looked_for_again_afterwards() -> None:
    one = typer.Typer(cls=lazy_group({"gone": "app.cli.nowhere:gone"}))
    one.callback()(lambda: None)
    with pytest.raises(ModuleNotFoundError):
        CliRunner().invoke(one, ["gone"], catch_exceptions=False)
    assert gc.isenabled()
