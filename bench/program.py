"""What both benchmarks do as programs: end politely, with a useful exit code, and write what they found."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from rich.console import Console

from app.embedded import EmbeddedError
from app.server import run
from bench.http_client import Unexpected

R = TypeVar("R")


def measured(work: Coroutine[Any, Any, R], err: Console) -> R:
    """The result. Ends the program with 1 when not everything was measured."""
    try:
        return run(_stoppable(work))
    except (EmbeddedError, Unexpected, TimeoutError) as error:
        err.print(f"{type(error).__name__}: {error}", style="red", markup=False)
        sys.exit(1)
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


async def _stoppable(work: Coroutine[Any, Any, R]) -> R:
    task = asyncio.current_task()
    if task is not None:  # so that a polite stop also stops the processes
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


def write_json(path: Path | None, document: dict[str, Any]) -> None:
    """Where a file was asked for."""
    if path is not None:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
