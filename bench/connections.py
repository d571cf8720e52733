"""Connections to a service that are there before anything is measured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.http_client import Connection


@asynccontextmanager
async def connections(url: str, count: int) -> AsyncIterator[list[Connection]]:
    """So many, closed at the end whatever happens."""
    opened: list[Connection] = []
    try:
        while len(opened) < count:
            opened.append(await Connection.open(url))
        yield opened
    finally:
        for connection in opened:
            connection.close()
