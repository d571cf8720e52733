"""Up to which moment a shard is counted: pure. It never goes back, and stands still where records were lost."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.periods import utc_text
from app.ports.projection import Progress
from app.ports.views import Generation
from app.stream.handler import Handled

RETENTION = timedelta(hours=24)
"""How long a stream keeps its records."""


def after_batch(progress: Progress, handled: Handled) -> Progress:
    """Up to the second of the last record that is counted."""
    moved = progress if handled.position is None else replace(progress, position=handled.position)
    return _moved(moved, handled.at or "")


def after_nothing(progress: Progress, asked_at: datetime, delay: timedelta) -> Progress:
    """Up to the moment of a read that found nothing new, less what may appear late."""
    return _moved(progress, utc_text(asked_at - delay))


def at_first_opening(progress: Progress, parent: Progress | None) -> Progress:
    """A child carries only what came after its parent, and what its parent lost is lost in its past too."""
    if parent is None:
        return progress
    inherited = _moved(progress, parent.watermark)
    return replace(inherited, gap=progress.gap or parent.gap)


def was_left_too_long(progress: Progress, generation: Generation, now: datetime) -> bool:
    """Whether a shard that was never read may have lost records meanwhile: no error would tell."""
    if progress.position is not None or not progress.watermark:
        return False
    return max(progress.watermark, generation.since) < utc_text(now - RETENTION)


def lag_seconds(shards: Iterable[Progress], generation: Generation, now: datetime) -> float:
    """Since the oldest moment that some shard has not counted. A gap is a moment that never will be."""
    uncounted = [one.watermark or generation.since for one in shards if one.gap or not one.finished]
    oldest = min((watermark for watermark in uncounted if watermark), default=None)
    return max(0.0, (now - datetime.fromisoformat(oldest)).total_seconds()) if oldest else 0.0


def _moved(progress: Progress, watermark: str) -> Progress:
    if progress.gap is not None or watermark <= progress.watermark:
        return progress
    return replace(progress, watermark=watermark)
