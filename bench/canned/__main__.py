"""`python -m bench.canned --upstream URL --port N`: listens until it is stopped."""

import argparse
import asyncio
import signal

import httpx

from app.server import run
from bench.canned.answers import Answers
from bench.canned.protocol import CannedProtocol
from bench.canned.upstream import Upstream


async def serve(upstream: str, port: int) -> None:
    """On 127.0.0.1, until SIGTERM or SIGINT."""
    loop, stop, answers = asyncio.get_running_loop(), asyncio.Event(), Answers()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with httpx.AsyncClient(trust_env=False) as client:
        database = Upstream(client, upstream)
        server = await loop.create_server(lambda: CannedProtocol(answers, database), "127.0.0.1", port)
        try:
            await stop.wait()
        finally:
            server.close()


def main() -> None:
    """Ends with 0 when it is stopped politely."""
    parser = argparse.ArgumentParser(prog="python -m bench.canned", description="A DynamoDB that answers from memory.")
    parser.add_argument("--upstream", required=True, metavar="URL", help="the real database")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    run(serve(options.upstream, options.port))


if __name__ == "__main__":
    main()
