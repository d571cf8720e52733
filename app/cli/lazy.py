"""Commands that are imported when they are asked for: what the others need would make each of them start later."""

import gc
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command


def lazy_group(commands: Mapping[str, str]) -> type[TyperGroup]:
    """The class of a group of these: by name, where each is, as `module:name` of a function or another Typer."""

    class LazyGroup(TyperGroup):
        """Lists them in the order in which they were given."""

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - given by the library
            """Called for the help text."""
            return list(commands)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - given by the library
            """None where there is none of that name; then all are there, so that one like it can be named."""
            for name in [cmd_name] if cmd_name in commands else commands:
                if name not in self.commands:
                    self.commands[name] = _command(name, commands[name])
            return self.commands.get(cmd_name)

    return LazyGroup


def _command(name: str, place: str) -> Any:
    module, _, member = place.partition(":")
    found: typer.Typer | Callable[..., None] = getattr(_imported(module), member)
    if not isinstance(found, typer.Typer):
        function, found = found, typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        found.command(name)(function)
    command = get_command(found)
    command.name = name
    return command


def _imported(module: str) -> Any:
    """All that it makes is there to stay: looking through it for garbage, again and again, would be a tenth of the
    work."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.enable()
