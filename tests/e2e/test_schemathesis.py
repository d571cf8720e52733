"""schemathesis on the running service: no 5xx, and no answer outside openapi.yaml."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
import yaml

from app.settings import Settings
from tests.e2e.service import Service
from tests.openapi_document import openapi_yaml

pytestmark = pytest.mark.dynamodb

_SECONDS = 240


async def test_no_answer_is_outside_the_description(started: tuple[Service, Settings], tmp_path: Path) -> None:
    service, _ = started
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        f"{service.url}/openapi.json",
        "--max-examples=25",
        "--seed=1",
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
