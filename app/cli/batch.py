"""Sending lines to POST /transactions:batch until each one has its answer.

Every line must name its transactionId: only then is sending it again, after an answer was lost, no second purchase.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

PATH = "/transactions:batch"
HEADERS = {"content-type": "application/x-ndjson"}
UNAVAILABLE = 503
_TRY_AGAIN = frozenset({429, 500, 502, UNAVAILABLE, 504})


class BatchRefused(Exception):
    """The service does not take batches from us at all; the message says what it answered."""


class Unreachable(Exception):
    """Some lines never got an answer, in as many attempts as were allowed."""


@dataclass(frozen=True, slots=True)
class Result:
    """One line's answer: its HTTP status, and for an error its code and what was wrong (never what was sent)."""

    status: int
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many attempts in a row may settle nothing, and how long to wait between them, in seconds."""

    attempts: int = 6
    first_seconds: float = 0.2
    most_seconds: float = 5.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random

    async def wait(self, fruitless: int) -> None:
        """Longer each time, and never the same for all clients."""
        longest = min(self.most_seconds, self.first_seconds * 2**fruitless)
        await self.sleep(longest * (0.5 + self.jitter() / 2))


async def post_lines(client: httpx.AsyncClient, lines: Sequence[bytes], patience: Patience) -> list[Result]:
    """One result for each line (JSON without a line feed), in order. A 503 is one that stayed until the last attempt.

    Raises BatchRefused and Unreachable.
    """
    settled: dict[int, Result] = {}
    waiting: dict[int, Result] = {}
    fruitless = 0
    while len(settled) < len(lines):
        pending = [place for place in range(len(lines)) if place not in settled]
        answers = await _post_once(client, [lines[place] for place in pending])
        for place, result in zip(pending, answers, strict=False):
            (waiting if result.status == UNAVAILABLE else settled)[place] = result
        if len(settled) == len(lines):
            break
        fruitless = fruitless + 1 if len(settled) == len(lines) - len(pending) else 0
        if fruitless >= patience.attempts:
            return _with_unavailable(settled, waiting, len(lines))
        await patience.wait(fruitless)
    return [settled[place] for place in range(len(lines))]


def _with_unavailable(settled: dict[int, Result], waiting: dict[int, Result], count: int) -> list[Result]:
    known = {**waiting, **settled}
    if len(known) < count:
        raise Unreachable(f"{count - len(known)} of {count} lines got no answer")
    return [known[place] for place in range(count)]


async def _post_once(client: httpx.AsyncClient, lines: Sequence[bytes]) -> list[Result]:
    """The answers that came, of the first so many lines. Raises BatchRefused."""
    results: list[Result] = []
    body = b"".join(line + b"\n" for line in lines)
    try:
        async with client.stream("POST", PATH, content=body, headers=HEADERS) as response:
            if response.status_code in _TRY_AGAIN:
                return results
            if response.status_code != 200:
                raise BatchRefused(await _refusal(response))
            async for answer in response.aiter_lines():
                results.append(_result(answer, len(results) + 1))
    except (httpx.TransportError, _Torn):
        return results  # what was answered before the connection broke counts; the rest is sent again
    return results


class _Torn(Exception):
    """A line of the answer that is not whole."""


def _result(answer: str, number: int) -> Result:
    try:
        found: Any = json.loads(answer)
        if found["line"] != number:
            raise _Torn
        problem = found.get("error") or {}
        errors = "; ".join(f"{error['pointer']} {error['detail']}" for error in problem.get("errors", ()))
        return Result(int(found["status"]), problem.get("code", ""), errors or problem.get("detail", ""))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _Torn from error


async def _refusal(response: httpx.Response) -> str:
    text = (await response.aread())[:2000].decode(errors="replace")
    try:
        problem = json.loads(text)
        return f"{response.status_code} {problem['code']}: {problem['detail']}"
    except (ValueError, TypeError, KeyError):
        return f"{response.status_code} {response.reason_phrase}; is this the address of the service?"
