from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.periods import utc_text
from app.ports.projection import Progress
from app.stream.handler import Handled
from app.stream.watermarks import after_batch, after_nothing, at_first_opening, lag_seconds, was_left_too_long
from tests.stream.world import START, World

GENERATION = World().generation
NOON = Progress("a", "line", 0, watermark=utc_text(START))
LATER = utc_text(START + timedelta(seconds=5))
EARLIER = utc_text(START - timedelta(seconds=5))


def test_a_batch_moves_the_position_and_the_watermark() -> None:
    moved = after_batch(NOON, Handled("7", None, LATER))
    assert (moved.position, moved.watermark) == ("7", LATER)


def test_a_batch_of_which_nothing_is_counted_moves_nothing() -> None:
    assert after_batch(NOON, Handled(None, "1", None)) == NOON


@pytest.mark.parametrize("gap", [None, "lost"])
def test_a_watermark_never_goes_back_and_stands_still_at_a_gap(gap: str | None) -> None:
    progress = replace(NOON, gap=gap)
    assert after_batch(progress, Handled("7", None, EARLIER)).watermark == NOON.watermark
    assert after_nothing(progress, START, timedelta(seconds=1)).watermark == NOON.watermark
    moved = after_nothing(progress, START + timedelta(seconds=6), timedelta(seconds=1)).watermark
    assert moved == (NOON.watermark if gap else LATER)
    assert after_batch(progress, Handled("7", None, LATER)).position == "7"


def test_a_child_goes_on_where_its_parent_ended() -> None:
    child = Progress("b", "line", 1, "a")
    assert at_first_opening(child, None) == child
    assert at_first_opening(child, NOON).watermark == NOON.watermark
    assert at_first_opening(child, replace(NOON, gap="lost")).gap == "lost"
    assert at_first_opening(replace(child, watermark=LATER), NOON).watermark == LATER


@pytest.mark.parametrize(
    ("progress", "hours", "too_long"),
    [
        (NOON, 23, False),
        (NOON, 25, True),
        (replace(NOON, position="1"), 25, False),  # then the stream itself tells
        (replace(NOON, watermark=""), 25, False),
    ],
)
def test_an_unread_shard_is_good_for_as_long_as_the_stream_keeps_records(
    progress: Progress, hours: int, too_long: bool
) -> None:
    assert was_left_too_long(progress, GENERATION, START + timedelta(hours=hours)) is too_long


def test_what_came_before_the_generation_was_not_lost() -> None:
    newer = replace(GENERATION, since=utc_text(START + timedelta(hours=10)))
    assert not was_left_too_long(NOON, newer, START + timedelta(hours=25))


def test_lag_is_that_of_the_last_shard_and_of_gaps_for_ever() -> None:
    now = START + timedelta(seconds=30)
    done = replace(NOON, finished=True)
    fresh = Progress("b", "line", 1, watermark=utc_text(now))
    assert lag_seconds([done, fresh], GENERATION, now) == 0
    assert lag_seconds([NOON, fresh], GENERATION, now) == 30
    assert lag_seconds([replace(done, gap="lost"), fresh], GENERATION, now) == 30
    assert lag_seconds([Progress("c", "line", 2)], GENERATION, now) == 30
    assert lag_seconds([], GENERATION, now) == 0
