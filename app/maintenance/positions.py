"""Where a new generation begins in the stream."""

from collections.abc import Sequence
from dataclasses import replace

from app.ports.projection import Progress


def copied(progress: Sequence[Progress]) -> list[Progress]:
    """From the current generation: the same place in each shard, the same lines, nobody's.

    Where it had lost records, the new one begins at the oldest that is left: what was lost is in the facts.
    """
    return [
        replace(
            one,
            position=None if one.gap else one.position,
            watermark=one.watermark if one.finished else "",
            gap=None,
            owner=None,
            owned_until="",
        )
        for one in progress
    ]
