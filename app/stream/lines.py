"""Which place a stream shard has in a line of descent, and which shards may be read: pure.

A row remembers one mark for each line, so lines should be few: a shard's first child carries its line on, one place
deeper, and every other shard starts a line of its own. Two things must hold for marks to be true.

No two shards have one place (source and depth). Whoever plans may see other shards than another worker does, and so
choose another heir; but registering takes the place first, which storage gives only once. The loser keeps its second
choice, a line of its own, and is as right as the winner.

A shard at depth > 0 is read only after the one before it is finished. Its parent was registered before it and what is
registered stays, so a parent that cannot be found among the progress was overlooked, and the shard waits. A shard at
depth 0 shares its marks with nobody: it waits for its parent only so that watermarks are true.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from app.ports.projection import Progress
from app.ports.streams import StreamShard

_SHORTEST_SOURCE = 8
_LONGEST_SOURCE = 32
LOST_PARENT = "records of a shard that came before it were lost before they were read"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A shard to be registered. `choices` are its places (source, depth), best first: the next is for when storage
    says that another shard has this one. `orphan`: its parent is neither known nor in the stream any more."""

    shard_id: str
    parent: str | None
    choices: tuple[tuple[str, int], ...]
    watermark: str
    orphan: bool


def newcomers(shards: Mapping[str, StreamShard], progress: Mapping[str, Progress]) -> list[Newcomer]:
    """The shards that no progress is kept of yet, parents before their children."""
    taken = {(one.source, one.depth) for one in progress.values()}
    places = {one.shard_id: (one.source, one.depth) for one in progress.values()}
    found = []
    for shard in _parents_first(shards):
        if shard.shard_id in progress:
            continue
        choices = tuple(place for place in _places(shard, places) if place not in taken)
        taken.add(choices[0])
        places[shard.shard_id] = choices[0]
        parent = progress.get(shard.parent or "")
        orphan = shard.parent is not None and shard.parent not in shards and parent is None
        found.append(Newcomer(shard.shard_id, shard.parent, choices, parent.watermark if parent else "", orphan))
    return found


def readable(shards: Collection[str], progress: Mapping[str, Progress]) -> list[Progress]:
    """The shards that are not finished and whose parents are, or are gone. `shards`: those the stream lists."""
    return [one for one in progress.values() if not one.finished and _parent_is_done(one, shards, progress)]


def vanished(shards: Collection[str], progress: Mapping[str, Progress]) -> list[Progress]:
    """The unfinished shards that the stream no longer lists: what was left in them is lost."""
    return [one for one in progress.values() if not one.finished and one.shard_id not in shards]


def forgettable(shards: Collection[str], progress: Mapping[str, Progress]) -> list[Progress]:
    """The shards nobody will ask about again: finished, no longer listed, and all their children finished too.

    A line would otherwise grow by some shards a day for ever.
    """
    children: dict[str | None, list[Progress]] = {}
    for one in progress.values():
        children.setdefault(one.parent, []).append(one)
    return [
        one
        for one in progress.values()
        if one.finished
        and one.shard_id not in shards
        and children.get(one.shard_id)
        and all(child.finished for child in children[one.shard_id])
    ]


def is_doubtful(shards: Mapping[str, StreamShard], progress: Mapping[str, Progress]) -> bool:
    """Whether something seems to be gone that a page of the listing may merely have left out."""
    return bool(vanished(shards, progress)) or any(one.orphan for one in newcomers(shards, progress))


def _parent_is_done(one: Progress, shards: Collection[str], progress: Mapping[str, Progress]) -> bool:
    parent = progress.get(one.parent or "")
    if parent is not None:
        return parent.finished
    return one.depth == 0 and one.parent not in shards


def _places(shard: StreamShard, places: Mapping[str, tuple[str, int]]) -> Iterator[tuple[str, int]]:
    if shard.parent is not None and shard.parent in places:
        source, depth = places[shard.parent]
        yield source, depth + 1
    # Longer than usual only where another shard's short name happens to be the same.
    name = hashlib.blake2b(shard.shard_id.encode(), digest_size=_LONGEST_SOURCE // 2).hexdigest()
    yield from ((name[:length], 0) for length in range(_SHORTEST_SOURCE, _LONGEST_SOURCE + 1, _SHORTEST_SOURCE))


def _parents_first(shards: Mapping[str, StreamShard]) -> Iterator[StreamShard]:
    """By generations, in each by id, so that everybody who sees the same shards comes to the same heirs."""

    def depth(shard: StreamShard) -> int:
        steps = 0
        while shard.parent is not None and shard.parent in shards and steps <= len(shards):
            shard = shards[shard.parent]
            steps += 1
        return steps

    yield from sorted(shards.values(), key=lambda shard: (depth(shard), shard.shard_id))
