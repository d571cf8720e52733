"""Commands of `kickbacks`, run as people run them."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path


async def run_kickbacks(environment: Mapping[str, str], *arguments: str, to_stderr: bool = True) -> tuple[int, str]:
    """The exit code, and all that it says, or without `to_stderr` only what it prints on standard output."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "kickbacks"),
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT if to_stderr else asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(240):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
