"""What AWS Lambda is to the program in a container: it gives events and takes answers, over HTTP."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(slots=True)
class Runtime:
    """`events` are handed out in order; `answers` are what came back, `errors` what went wrong."""

    events: Sequence[dict[str, Any]]
    address: str = ""
    answers: list[Any] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)


@asynccontextmanager
async def lambda_runtime(*events: dict[str, Any]) -> AsyncIterator[Runtime]:
    """A running one. When there are no more events, the program waits for ever."""
    one = Runtime(events)
    waiting = list(events)

    async def following(_: web.Request) -> web.Response:
        if not waiting:
            raise web.HTTPServiceUnavailable
        headers = {
            "Lambda-Runtime-Aws-Request-Id": f"request-{len(waiting)}",
            "Lambda-Runtime-Deadline-Ms": "9999999999999",
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:ap-northeast-1:123456789012:function:projector",
        }
        content = json.dumps(waiting.pop(0)).encode()
        return web.Response(body=content, content_type="application/json", headers=headers)

    async def answered(request: web.Request) -> web.Response:
        (one.answers if request.path.endswith("/response") else one.errors).append(json.loads(await request.read()))
        return web.Response(status=202)

    app = web.Application()
    app.router.add_get("/2018-06-01/runtime/invocation/next", following)
    app.router.add_post("/2018-06-01/runtime/{what:.*}", answered)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.address = f"127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield one
    finally:
        await runner.cleanup()
