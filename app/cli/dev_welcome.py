"""What a developer sees when the service is ready."""

import asyncio

from app.cli.api_client import open_client
from app.cli.demo import COUNT, SEED, DemoFailed, is_loaded, load_demo
from app.cli.demo_data import demo_purchases
from app.cli.output import err, out

_ADDRESSES = """
  Try it   {url}/docs
  History  curl '{url}/users/hanako/kickbacks?from=2025-05-01&to=2025-05-31'
  Ranking  curl '{url}/categories/GROCERY/rankings?month=2025-05'
  Ctrl-C stops it.
"""


async def welcome(url: str, ready: asyncio.Event, *, load: bool) -> None:
    """Waits until the service is ready, loads the demo purchases where asked and not there yet, prints addresses."""
    await ready.wait()
    if load:
        try:
            await _load(url)
        except DemoFailed as error:  # the service is of use without them
            err.print(f"The demo purchases could not be loaded: {error}", style="yellow", markup=False)
    out.print(_ADDRESSES.format(url=url), markup=False)


async def _load(url: str) -> None:
    purchases = demo_purchases(SEED, COUNT)
    async with open_client(url) as client:
        if not await is_loaded(client, purchases):
            err.print(f"{await load_demo(client, purchases)} demo purchases recorded.")
