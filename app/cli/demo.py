"""`kickbacks demo`: invented purchases for a service to show, sent through its API like any others."""

import asyncio
import json
from collections import Counter
from typing import Annotated, Any

import httpx
import typer

from app.cli.api_client import UrlInvalid, open_client
from app.cli.batch import BatchRefused, Patience, Result, Unreachable, post_lines
from app.cli.demo_data import demo_purchases
from app.cli.output import err, fail, out

SEED = 1
COUNT = 300
_CHUNK = 500


def demo(
    url: Annotated[str, typer.Option(help="Where the service is")] = "http://127.0.0.1:8080",
    seed: Annotated[int, typer.Option(min=0, max=10**6, help="Another seed makes other purchases")] = SEED,
    count: Annotated[int, typer.Option(min=1, max=9_999, help="How many purchases")] = COUNT,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing when they are there already")] = False,
) -> None:
    """Record invented purchases of April to June 2025. Doing it again changes nothing."""
    try:
        asyncio.run(_demo(url, demo_purchases(seed, count), if_empty=if_empty))
    except (UrlInvalid, DemoFailed) as error:
        fail(str(error))


class DemoFailed(Exception):
    """Not all of the purchases are there now; the message says why."""


async def _demo(url: str, purchases: list[dict[str, Any]], *, if_empty: bool) -> None:
    async with open_client(url) as client:
        if if_empty and await is_loaded(client, purchases):
            err.print("The demo purchases are there already.")
            return
        created = await load_demo(client, purchases)
    out.print(f"{created} purchases recorded, {len(purchases) - created} were there already.")


async def is_loaded(client: httpx.AsyncClient, purchases: list[dict[str, Any]]) -> bool:
    """Whether the last of them is there: an interrupted load is gone on with. Raises DemoFailed."""
    try:
        answer = await client.get(f"/transactions/{purchases[-1]['transactionId']}")
    except httpx.TransportError as error:
        raise DemoFailed(f"the service at {client.base_url} does not answer ({type(error).__name__})") from error
    if answer.status_code not in (200, 404):
        raise DemoFailed(f"the service answered {answer.status_code}")
    return answer.status_code == 200


async def load_demo(client: httpx.AsyncClient, purchases: list[dict[str, Any]]) -> int:
    """How many were new. Raises DemoFailed."""
    lines = [json.dumps(purchase, ensure_ascii=False).encode() for purchase in purchases]
    results: list[Result] = []
    try:
        for start in range(0, len(lines), _CHUNK):
            results += await post_lines(client, lines[start : start + _CHUNK], Patience())
    except (BatchRefused, Unreachable) as error:
        raise DemoFailed(f"the service at {client.base_url} did not take the purchases: {error}") from error
    counts = Counter(result.status for result in results)
    wrong = next((result for result in results if result.status not in (200, 201)), None)
    if wrong is not None:
        raise DemoFailed(f"{len(results) - counts[200] - counts[201]} purchases were refused: {wrong.code}")
    return counts[201]
