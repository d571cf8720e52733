"""What a developer sees when the service is ready."""

import asyncio
import os
from collections.abc import Mapping

from app.cli.api_client import BEARER_VARIABLE, open_client
from app.cli.demo import COUNT, SEED, DemoFailed, is_loaded, load_demo
from app.cli.demo_data import demo_purchases
from app.cli.output import err, out
from app.cli.token import development_token
from app.domain.access import Scope
from app.identity.local_key_file import LocalKeyUnusable
from app.settings import Settings

_DEMO = "demo"
_ADDRESSES = """
  Try it   {url}/docs
  History  curl '{url}/users/hanako/kickbacks?from=2025-05-01&to=2025-05-31'
  Ranking  curl '{url}/categories/GROCERY/rankings?month=2025-05'
  Ctrl-C stops it.
"""
_TOKENS = """
  Callers show tokens: ENVIRONMENT=local kickbacks token --user hanako
"""


async def welcome(url: str, ready: asyncio.Event, settings: Settings, *, load: bool) -> None:
    """Waits until the service is ready, loads the demo purchases where asked and not there yet, prints addresses."""
    await ready.wait()
    if load:
        try:
            await _load(url, await asyncio.to_thread(_environment, settings))
        except (DemoFailed, LocalKeyUnusable, OSError) as error:  # the service is of use without them
            err.print(f"The demo purchases could not be loaded: {error}", style="yellow", markup=False)
    out.print(_ADDRESSES.format(url=url), markup=False)
    if not settings.is_open:
        out.print(_TOKENS, markup=False)


def _environment(settings: Settings) -> Mapping[str, str]:
    """With a token for the demo purchases, where callers have to show one and the developer gave none."""
    if settings.is_open or os.environ.get(BEARER_VARIABLE):
        return os.environ
    return {**os.environ, BEARER_VARIABLE: development_token(settings, _DEMO, [Scope.RECORD], is_user=False, minutes=1)}


async def _load(url: str, environ: Mapping[str, str]) -> None:
    purchases = demo_purchases(SEED, COUNT)
    async with open_client(url, environ=environ) as client:
        if not await is_loaded(client, purchases):
            err.print(f"{await load_demo(client, purchases)} demo purchases recorded.")
