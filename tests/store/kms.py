"""A small AWS KMS: what the service uses of its JSON protocol, on a port of this machine."""

import json
import os
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

REGION, ACCOUNT = "ap-northeast-1", "111122223333"


def arn(name: str) -> str:
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"


@dataclass(slots=True)
class Kms:
    """`keys` by ARN, `aliases` to ARNs. `errors` are what the next calls answer: a code and a status each."""

    url: str = ""
    keys: dict[str, AESGCM] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[str, int]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, alias: str = "alias/vault") -> None:
        """A key, which the alias then stands for."""
        self.keys[arn(name)] = AESGCM(AESGCM.generate_key(256))
        self.aliases[alias] = arn(name)


@asynccontextmanager
async def kms() -> AsyncIterator[Kms]:
    """A running one, with one key."""
    one = Kms()
    one.add("first")

    async def handle(request: web.Request) -> web.Response:
        return _answer(one, request.headers["X-Amz-Target"], json.loads(await request.read()))

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield one
    finally:
        await runner.cleanup()


def _answer(one: Kms, target: str, sent: dict[str, Any]) -> web.Response:
    service, _, operation = target.partition(".")
    assert service == "TrentService"
    one.calls.append((operation, sent))
    one.seen[operation] += 1
    if one.errors:
        return _error(*one.errors.pop(0))
    named = one.aliases.get(sent["KeyId"], sent["KeyId"])
    if named not in one.keys:
        return _error("NotFoundException", 400)
    bound = json.dumps(sent.get("EncryptionContext", {}), sort_keys=True).encode()
    match operation:
        case "DescribeKey":
            return _ok({"KeyMetadata": {"Arn": named, "KeyId": named.rpartition("/")[2]}})
        case "Encrypt":
            nonce = os.urandom(12)
            blob = nonce + one.keys[named].encrypt(nonce, b64decode(sent["Plaintext"]), bound)
            return _ok({"KeyId": named, "CiphertextBlob": b64encode(blob).decode()})
        case "Decrypt":
            blob = b64decode(sent["CiphertextBlob"])
            try:
                plain = one.keys[named].decrypt(blob[:12], blob[12:], bound)
            except InvalidTag:
                return _error("InvalidCiphertextException", 400)
            return _ok({"KeyId": named, "Plaintext": b64encode(plain).decode()})
        case _:
            return _error("UnknownOperationException", 400)


def _ok(content: dict[str, Any]) -> web.Response:
    return web.Response(body=json.dumps(content).encode(), content_type="application/x-amz-json-1.1")


def _error(code: str, status: int) -> web.Response:
    content = {"__type": code, "message": "injected"}
    return web.Response(status=status, body=json.dumps(content).encode(), content_type="application/x-amz-json-1.1")
