"""`python -m app.embedded`: DynamoDB Local in the foreground, until Ctrl-C."""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from app.embedded.errors import EmbeddedError
from app.embedded.home import default_home
from app.embedded.process import embedded_dynamodb

_CHECK_S = 0.5


def main() -> int:
    """Exits with 0 when asked to stop, 1 when the database cannot start or ends by itself."""
    parser = argparse.ArgumentParser(prog="python -m app.embedded", description="Run DynamoDB Local.")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (default: 8000)")
    parser.add_argument("--data", type=Path, help="keep the tables in this folder (default: in memory)")
    options = parser.parse_args()
    data = options.data.resolve() if options.data else None
    try:
        return asyncio.run(_serve(options.port, data))
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # while it was starting
        return 130


async def _serve(port: int, data: Path | None) -> int:
    stop = asyncio.Event()
    async with embedded_dynamodb(home=default_home(os.environ), data=data, port=port) as endpoint:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        print(f"DynamoDB Local on {endpoint.url} ({data or 'in memory'}), Ctrl-C stops it", flush=True)
        while not stop.is_set():
            if not endpoint.running():
                print(f"DynamoDB Local ended by itself:\n{endpoint.log.tail()}", file=sys.stderr)
                return 1
            try:
                await asyncio.wait_for(stop.wait(), _CHECK_S)
            except TimeoutError:
                continue
    return 0


if __name__ == "__main__":
    sys.exit(main())
