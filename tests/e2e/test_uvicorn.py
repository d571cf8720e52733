"""`uvicorn app.main:app` in production mode, told by the SDK's own variables where DynamoDB is."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.bodies import body
from tests.identity.issuer import AUDIENCE, Issuer, issuer

pytestmark = pytest.mark.dynamodb


async def test_uvicorn_serves_an_existing_table(shared_settings: Settings, unique: str) -> None:
    with issuer() as one:
        await _serves_who_shows_a_token(one, shared_settings, unique)


async def _serves_who_shows_a_token(issuer: Issuer, settings: Settings, unique: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "FACTS_TABLE": settings.facts_table,
        "CURSOR_KEYS": "a-secret",
        "PSEUDONYM_KEY": "a-secret",
        "AUTH_ISSUER": issuer.url,
        "AUTH_AUDIENCE": AUDIENCE,
    }
    token = issuer.token("shop", scopes=["kickbacks:record"])
    environment.pop("ENVIRONMENT", None)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "uvicorn"),
        "app.main:app",
        f"--port={port}",
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            while not await _is_ready(http):
                assert process.returncode is None
                await asyncio.sleep(0.1)
            assert (await http.post("/transactions", json=body(unique))).status_code == 401
            http.headers["authorization"] = f"Bearer {token}"
            assert (await http.post("/transactions", json=body(unique))).status_code == 201
            assert (await http.get("/categories/GROCERY/rankings?month=2023-05&by=user")).status_code == 403
    finally:
        process.kill()
        await process.wait()


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health/ready")).status_code == 200
    except httpx.TransportError:
        return False
