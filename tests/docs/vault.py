"""The examples of docs/vault.md, run. `python -m tests.docs.vault` writes their output anew."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

from app.embedded import default_home, embedded_dynamodb
from tests.conftest import sdk_environment
from tests.docs.readme import commands_of, output_of
from tests.e2e.service import service

VAULT = Path("docs/vault.md")
_ADDRESS = "http://127.0.0.1:8080"
_BLOCK = re.compile(r"```console\n.*?```", re.DOTALL)
_RANDOM = re.compile(r"(card|user)_[a-z2-7]{26}")
_SHOWN = "k7m2q4w6e5r3t7y2u4i6o5p3a7"


async def rendered_vault(text: str, url: str) -> str:
    """The text with every command's output as it is now. Ids are random: those of the text stand for the real ones."""
    real: dict[str, str] = {}

    async def run(command: str) -> str:
        for shown, one in real.items():
            command = command.replace(shown, one)
        output = await output_of(command.replace(_ADDRESS, url))
        for found in _RANDOM.finditer(output):
            real[f"{found[1]}_{_SHOWN}"] = found[0]
        return _RANDOM.sub(rf"\1_{_SHOWN}", output)

    blocks = []
    for commands in commands_of(text):
        lines = [line for command in commands for line in (f"$ {command}", await run(command))]
        blocks.append("```console\n" + "\n".join(lines) + "\n```")
    made = iter(blocks)
    return _BLOCK.sub(lambda _: next(made), text)


async def _rendered_by_itself(text: str) -> str:
    async with embedded_dynamodb(home=default_home(os.environ), data=None) as database:
        with tempfile.TemporaryDirectory() as folder:
            keys = {"VAULT_KEY_FILE": f"{folder}/keys.json", "LOCAL_TOKEN_KEY": f"{folder}/token-key.pem"}
            environment = {**sdk_environment(database.url), "ENVIRONMENT": "local", **keys}
            async with service(environment) as one:
                return await rendered_vault(text, one.url)


if __name__ == "__main__":
    VAULT.write_text(asyncio.run(_rendered_by_itself(VAULT.read_text("utf-8"))), "utf-8")
