"""A place in a line that was taken by a worker which then died."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from app.bootstrap.projector import projection_of
from app.ports.projection import Progress
from app.settings import Settings
from app.store.database import Database, Put
from app.store.view_keys import control_pk, line_sk
from app.store.wire import key


async def test_a_place_without_progress_is_still_its_shards(
    client: Any, make_settings: Callable[..., Awaitable[Settings]]
) -> None:
    settings = await make_settings(stream=False)
    projection = projection_of(settings, client)
    views = Database(client, settings.views_table, replaceable=True)
    assert await views.put_if(Put({**key(control_pk(1), line_sk("line", 1)), "shardId": {"S": "a"}}))
    mine, other = Progress("a", "line", 1, "p"), Progress("b", "line", 1, "p")
    assert await asyncio.gather(*(projection.register(1, one) for one in (other, mine, other, mine))) in (
        [False, True, False, False],
        [False, False, False, True],
    )
    assert [one.shard_id for one in await projection.progress(1)] == ["a"]
    await projection.forget(1)
    assert await projection.register(1, other)
