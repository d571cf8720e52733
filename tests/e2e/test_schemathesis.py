"""schemathesis on the running service: no 5xx, no answer outside openapi.yaml, and nothing without a token."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import yaml

from app.domain.access import Scope
from app.settings import Settings
from tests.e2e.commands import run_kickbacks
from tests.e2e.service import service
from tests.openapi_document import openapi_yaml

pytestmark = pytest.mark.dynamodb

_SECONDS = 240


async def test_no_answer_is_outside_the_description(
    dynamodb_url: str, make_settings: Callable[..., Awaitable[Settings]], tmp_path: Path
) -> None:
    settings = await make_settings(stream=True)
    environment = {
        "ENVIRONMENT": "local",
        "ACCESS": "tokens",
        "LOCAL_TOKEN_KEY": str(tmp_path / "key.pem"),
        "FACTS_TABLE": settings.facts_table,
        "VIEWS_TABLE": settings.views_table,
        "VAULT_TABLE": settings.vault_table,
        "VAULT_KEY_FILE": str(settings.vault_key_file),
    }
    scopes = [word for scope in Scope for word in ("--scope", scope.value)]
    code, token = await run_kickbacks(environment, "token", "--user", "hanako", *scopes, to_stderr=False)
    assert code == 0, token
    async with service(environment) as running:
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            f"{running.url}/openapi.json",
            "--max-examples=12",
            "--seed=1",
            f"--header=Authorization: Bearer {token.strip()}",
            # A cursor, and a range's two ends, can each fit the description and yet be refused together.
            "--exclude-checks=positive_data_acceptance",
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.schemathesis_hooks", "PYTHONPATH": os.getcwd()},
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(_SECONDS):
            output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-6000:]
    operations = sum(map(len, yaml.safe_load(openapi_yaml())["paths"].values()))
    assert f"{operations} selected / {operations} total" in output.decode()
