"""What the projector itself says that it could not count."""

from collections.abc import Iterable, Iterator

from app.maintenance.verifying.differences import Difference, Kind
from app.ports.projection import Parked, Progress


def projector_differences(progress: Iterable[Progress], parked: Iterable[Parked]) -> Iterator[Difference]:
    """Each gap and each parked record."""
    for shard in progress:
        if shard.gap is not None:
            yield Difference(Kind.GAP, shard.shard_id, "every record", shard.gap)
    for one in parked:
        where = f"{one.shard_id} {one.sequence}" + (f" in {one.row}" if one.row else "")
        yield Difference(Kind.PARKED, where, "counted", one.reason)
