"""A stream by script: shards that split, close, are trimmed and disappear, and listings that are not of one moment."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.domain.totals import Figures
from app.ports.errors import StoreUnavailable
from app.ports.streams import IteratorExpired, Read, StreamRecord, StreamShard, Trimmed


@dataclass(slots=True)
class ScriptedShard:
    """`first` is the place of the oldest record that was not dropped yet."""

    parent: str | None
    records: list[StreamRecord] = field(default_factory=list)
    closed: bool = False
    first: int = 0


@dataclass(slots=True)
class FakeStream:
    """See the port. `called` is asked before every call with the method's name: it may raise what the port may.

    `hidden` are the shards that the next listings leave out, one set for each. `empty_reads` are answered with nothing
    though there is something, `false_trims` with Trimmed though nothing is gone. `expire` makes all iterators that are
    out useless.
    """

    scripted: dict[str, ScriptedShard] = field(default_factory=dict)
    called: Callable[[str], None] = lambda _: None
    hidden: deque[set[str]] = field(default_factory=deque)
    empty_reads: int = 0
    false_trims: int = 0
    _epoch: int = 0

    def add(self, shard_id: str, figures: Iterable[Figures | None], *, parent: str | None = None, at: str) -> None:
        """Records behind those that are there; every shard numbers its own from 1, so a child's may be lower."""
        shard = self.scripted.setdefault(shard_id, ScriptedShard(parent))
        for one in figures:
            shard.records.append(StreamRecord(str(len(shard.records) + 1), "INSERT", at, one))

    def put(self, shard_id: str, record: StreamRecord) -> None:
        """A record that is not as usual."""
        self.scripted.setdefault(shard_id, ScriptedShard(None)).records.append(record)

    def close(self, shard_id: str) -> None:
        """It gets no more records."""
        self.scripted[shard_id].closed = True

    def trim(self, shard_id: str, count: int) -> None:
        """Drops its first so many records."""
        self.scripted[shard_id].first = count

    def remove(self, shard_id: str) -> None:
        """The stream knows it no more."""
        del self.scripted[shard_id]

    def expire(self) -> None:
        """Every iterator that is out."""
        self._epoch += 1

    async def shards(self) -> list[StreamShard]:
        await self._call("shards")
        hidden = self.hidden.popleft() if self.hidden else set()
        listed = sorted(self.scripted.items(), reverse=True)
        return [StreamShard(name, one.parent, one.closed) for name, one in listed if name not in hidden]

    async def open(self, shard_id: str, after: str | None) -> str:
        await self._call("open")
        shard = self._shard(shard_id)
        if after is None:
            return self._iterator(shard_id, shard.first)
        if int(after) <= shard.first and shard.first:
            raise Trimmed
        return self._iterator(shard_id, int(after))

    async def read(self, iterator: str, limit: int) -> Read:
        await self._call("read")
        epoch, place, shard_id = iterator.split("|", 2)
        shard = self._shard(shard_id)
        start = int(place)
        if int(epoch) != self._epoch:
            raise IteratorExpired
        if start < shard.first:
            raise Trimmed
        if self.false_trims:
            self.false_trims -= 1
            raise Trimmed
        if self.empty_reads:
            self.empty_reads -= 1
            return Read([], iterator)
        records = shard.records[start : start + limit]
        end = start + len(records)
        is_over = shard.closed and end == len(shard.records)
        return Read(records, None if is_over else self._iterator(shard_id, end))

    def _shard(self, shard_id: str) -> ScriptedShard:
        if shard_id not in self.scripted:
            raise StoreUnavailable("ResourceNotFoundException")
        return self.scripted[shard_id]

    def _iterator(self, shard_id: str, place: int) -> str:
        return f"{self._epoch}|{place}|{shard_id}"

    async def _call(self, name: str) -> None:
        self.called(name)
        await asyncio.sleep(0)
