"""A very long batch against a database that holds nothing, and a shorter one against a DynamoDB Local."""

import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from app.embedded import default_home, embedded_dynamodb
from bench.http_client import Unexpected
from bench.load import Answered, import_lines
from bench.memory.watching import Watched, watching
from bench.processes import child_environment, server, service
from bench.views.crowd import Crowd, body_of, purchases

Say = Callable[[str], None]
CROWD = Crowd(users=100_000)
_MONTH = "2023-05"
_LINES_A_SECOND = 100  # on the slowest machine
# As many as fill every buffer between the two: what is held back then is held back by the service.
_AHEAD = 20_000


@dataclass(frozen=True, slots=True)
class Streamed:
    """One batch."""

    database: str
    seconds: float
    watched: Watched


async def measure(*, lines: int, real_lines: int, say: Say) -> list[Streamed]:
    """One after the other. Raises EmbeddedError, Unexpected, TimeoutError."""
    return [await _on_nothing(lines, say), await _on_dynamodb_local(real_lines, say)]


async def _on_nothing(lines: int, say: Say) -> Streamed:
    async with server(["-m", "bench.memory.empty"], dict(os.environ)) as database:
        environment = child_environment(database.url) | {"PROJECTOR": "outside"}
        return await _stream("a stub that holds nothing", environment, lines, say)


async def _on_dynamodb_local(lines: int, say: Say) -> Streamed:
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(embedded_dynamodb(home=default_home(os.environ), data=None))
        environment = child_environment(endpoint.url) | {"PROJECTOR": "outside"}
        return await _stream("DynamoDB Local", environment, lines, say)


async def _stream(database: str, environment: dict[str, str], lines: int, say: Say) -> Streamed:
    say(f"{lines:,} lines, the database is {database}")
    bodies = (body_of(one) for one in purchases("memory", CROWD, _MONTH, lines))
    async with service(environment) as one:
        answered = Answered()
        async with watching(one.pid, lambda: answered.lines) as moments:
            created, seconds = await import_lines(
                one.url, bodies, seconds=lines / _LINES_A_SECOND, most=lines, ahead=_AHEAD, answered=answered
            )
    if created != lines:
        raise Unexpected(f"only {created:,} of {lines:,} lines were answered in {seconds:.0f} s")
    return Streamed(database, seconds, Watched(lines, moments))
