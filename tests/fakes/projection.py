"""The Projection port in memory."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from app.ports.projection import Parked, Progress, State
from app.ports.views import Generation


@dataclass(slots=True)
class FakeProjection:
    """See the port. `called` is awaited before every call with the method's name: it may raise StoreUnavailable."""

    current: Generation | None = None
    shards: dict[tuple[int, str], Progress] = field(default_factory=dict)
    parked_records: dict[tuple[int, str, str, str], Parked] = field(default_factory=dict)
    numbers: int = 0
    called: Callable[[str], None] = lambda _: None

    async def state(self) -> State:
        await self._call("state")
        return State(self.current, self._of(self.current.number) if self.current else ())

    async def progress(self, number: int) -> Sequence[Progress]:
        await self._call("progress")
        return self._of(number)

    async def register(self, number: int, progress: Progress) -> bool:
        await self._call("register")
        places = {(of, one.source, one.depth) for (of, _), one in self.shards.items()}
        if (number, progress.source, progress.depth) in places or (number, progress.shard_id) in self.shards:
            return False
        self.shards[number, progress.shard_id] = progress
        return True

    async def claim(self, number: int, shard_id: str, owner: str, *, now: str, until: str) -> Progress | None:
        await self._call("claim")
        found = self.shards.get((number, shard_id))
        if found is None or (found.owner not in (None, owner) and found.owned_until > now):
            return None
        claimed = self.shards[number, shard_id] = replace(found, owner=owner, owned_until=until)
        return claimed

    async def advance(self, number: int, progress: Progress) -> bool:
        await self._call("advance")
        found = self.shards.get((number, progress.shard_id))
        if found is None or found.owner != progress.owner:
            return False
        self.shards[number, progress.shard_id] = progress
        return True

    async def release(self, number: int, shard_id: str, owner: str) -> None:
        await self._call("release")
        found = self.shards.get((number, shard_id))
        if found is not None and found.owner == owner:
            self.shards[number, shard_id] = replace(found, owner=None, owned_until="")

    async def drop(self, number: int, shard_id: str) -> None:
        await self._call("drop")
        self.shards.pop((number, shard_id), None)

    async def park(self, number: int, parked: Parked) -> None:
        await self._call("park")
        self.parked_records[number, parked.shard_id, parked.sequence, parked.row] = parked

    async def parked(self, number: int) -> Sequence[Parked]:
        await self._call("parked")
        return [one for (of, *_), one in sorted(self.parked_records.items()) if of == number]

    async def next_number(self) -> int:
        await self._call("next_number")
        self.numbers += 1
        return self.numbers

    async def promote(self, generation: Generation, *, instead_of: int | None) -> bool:
        await self._call("promote")
        if (self.current.number if self.current else None) != instead_of:
            return False
        self.current = generation
        return True

    async def forget(self, number: int) -> None:
        await self._call("forget")
        self.shards = {key: one for key, one in self.shards.items() if key[0] != number}
        self.parked_records = {key: one for key, one in self.parked_records.items() if key[0] != number}

    async def _call(self, name: str) -> None:
        self.called(name)
        await asyncio.sleep(0)

    def _of(self, number: int) -> list[Progress]:
        return [progress for (of, _), progress in sorted(self.shards.items()) if of == number]
