"""Worlds that already have views."""

from tests.fakes.documents import figures_of
from tests.maintenance.world import World
from tests.purchases import EXAMPLE

ONE = figures_of(EXAMPLE)
OTHERS = [
    ONE._replace(user_id=f"u{number % 3}", card_id=f"c{number % 4}", merchant_name=f"shop {number % 5}")
    for number in range(9)
]


async def made(count: int) -> World:
    """A world with a first generation and the projector on time."""
    world = World()
    for one in OTHERS[:count]:
        world.record(one)
    assert (await world.rebuild()).promoted
    await world.project()
    return world
