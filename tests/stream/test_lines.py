import asyncio
from collections.abc import Mapping
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ports.projection import Progress
from app.ports.streams import StreamShard
from app.stream.lines import LOST_PARENT, forgettable, is_doubtful, newcomers, readable, vanished
from app.stream.registering import register_shards
from tests.fakes.projection import FakeProjection
from tests.fakes.streams import FakeStream
from tests.stream.world import CREATED, START, World


def listed(**parents: str | None) -> dict[str, StreamShard]:
    return {name: StreamShard(name, parent, closed=False) for name, parent in parents.items()}


def known(*progress: Progress) -> dict[str, Progress]:
    return {one.shard_id: one for one in progress}


ROOT = Progress("a", "line", 0)
DONE = Progress("a", "line", 0, finished=True)


def test_what_nobody_asks_about_again_is_forgettable() -> None:
    child = Progress("b", "line", 1, "a", finished=True)
    assert forgettable({}, known(DONE, child)) == [DONE]
    assert forgettable({"b"}, known(DONE, child)) == [DONE]


@pytest.mark.parametrize(
    ("shards", "progress"),
    [
        ({"a"}, [DONE, Progress("b", "line", 1, "a", finished=True)]),  # still listed
        (set(), [DONE]),  # a child may come
        (set(), [DONE, Progress("b", "line", 1, "a")]),  # its child still waits for it
        (set(), [DONE, Progress("b", "line", 1, "a", finished=True), Progress("c", "other", 0, "a")]),
        (set(), [ROOT, Progress("b", "line", 1, "a", finished=True)]),  # not finished itself
    ],
)
def test_what_somebody_may_ask_about_is_kept(shards: set[str], progress: list[Progress]) -> None:
    assert forgettable(shards, known(*progress)) == []


def test_a_shard_without_a_parent_starts_a_line() -> None:
    [one] = newcomers(listed(a=None), {})
    source, depth = one.choices[0]
    assert depth == 0
    assert len(source) == 8
    assert not one.orphan


def test_the_only_child_carries_the_line_on() -> None:
    [one] = newcomers(listed(b="a"), known(ROOT))
    assert one.choices[0] == ("line", 1)


def test_of_two_children_the_first_by_name_does() -> None:
    b, c = newcomers(listed(c="a", b="a"), known(ROOT))
    assert (b.shard_id, b.choices[0]) == ("b", ("line", 1))
    assert c.choices[0][1] == 0
    assert c.choices[0][0] != "line"


def test_a_child_that_comes_late_does_not() -> None:
    [one] = newcomers(listed(b="a", c="a"), known(ROOT, Progress("c", "line", 1, "a")))
    assert one.shard_id == "b"
    assert one.choices[0][1] == 0


def test_a_whole_family_is_placed_at_once() -> None:
    places = {one.shard_id: one.choices[0] for one in newcomers(listed(c="b", b="a", a=None), {})}
    source = places["a"][0]
    assert places == {"a": (source, 0), "b": (source, 1), "c": (source, 2)}


def test_a_short_name_that_is_taken_is_made_longer() -> None:
    [first] = newcomers(listed(a=None), {})
    taken = known(Progress("other", first.choices[0][0], 0))
    [second] = newcomers(listed(a=None), taken)
    assert second.choices[0][0] != first.choices[0][0]
    assert second.choices[0][0].startswith(first.choices[0][0])


def test_a_child_begins_at_the_watermark_of_its_parent() -> None:
    [one] = newcomers(listed(b="a"), known(Progress("a", "line", 0, watermark="w")))
    assert one.watermark == "w"


@pytest.mark.parametrize(
    ("shards", "progress", "orphan"),
    [
        (listed(b="a"), {}, True),
        (listed(b="a", a=None), {}, False),
        (listed(b="a"), known(ROOT), False),
        (listed(b=None), {}, False),
    ],
)
def test_an_orphan_is_one_whose_named_parent_is_nowhere(
    shards: Mapping[str, StreamShard], progress: Mapping[str, Progress], orphan: bool
) -> None:
    found = {one.shard_id: one.orphan for one in newcomers(shards, progress)}
    assert found["b"] is orphan
    assert is_doubtful(shards, progress) is (orphan or ("a" in progress and "a" not in shards))


CHILD = Progress("b", "line", 1, "a")
OTHER_CHILD = Progress("b", "own", 0, "a")


@pytest.mark.parametrize(
    ("shards", "progress", "names"),
    [
        ({"a"}, known(ROOT), ["a"]),
        ({"a"}, known(DONE), []),
        ({"a", "b"}, known(ROOT, CHILD), ["a"]),
        ({"a", "b"}, known(DONE, CHILD), ["b"]),
        ({"b"}, known(DONE, CHILD), ["b"]),
        ({"a", "b"}, known(ROOT, OTHER_CHILD), ["a"]),
        ({"a", "b"}, known(OTHER_CHILD), []),  # listed, not registered yet
        ({"b"}, known(OTHER_CHILD), ["b"]),  # gone and never known
        ({"b"}, known(CHILD), []),  # a carried line has a parent: it was overlooked
    ],
)
def test_a_shard_may_be_read_when_what_came_before_it_is_over(
    shards: set[str], progress: Mapping[str, Progress], names: list[str]
) -> None:
    assert [one.shard_id for one in readable(shards, progress)] == names


def test_only_unfinished_shards_vanish() -> None:
    assert vanished({"x"}, known(DONE, OTHER_CHILD)) == [OTHER_CHILD]


@st.composite
def histories(draw: st.DrawFn) -> dict[str, str | None]:
    """Up to 12 shards, each a root or a child of one before it."""
    count = draw(st.integers(1, 12))
    parents: dict[str, str | None] = {}
    for number in range(count):
        name = f"s{draw(st.integers(0, 99)):02d}-{number}"
        parents[name] = draw(st.sampled_from([None, *parents]))
    return parents


@settings(max_examples=150)
@given(histories(), st.integers(0, 2**32))
async def test_workers_that_see_different_shards_never_give_two_shards_one_place(
    history: dict[str, str | None], seed: int
) -> None:
    """Whoever sees what, and wherever one is interrupted: places are unique, and a line leads from parent to child."""
    chance = Random(seed)
    projection = FakeProjection()
    generation = World().generation

    async def worker() -> None:
        stream = FakeStream()
        for name, parent in history.items():
            stream.add(name, [], parent=parent, at=CREATED)
        stream.hidden.extend({name for name in history if chance.random() < 0.5} for _ in range(4))
        for _ in range(3):
            await register_shards(stream, projection, generation, START)

    await asyncio.gather(worker(), worker(), worker())
    found = {one.shard_id: one for one in projection.shards.values()}
    assert set(found) == set(history)
    assert len({(one.source, one.depth) for one in found.values()}) == len(found)
    for one in found.values():
        if one.depth:
            assert one.parent is not None
            before = found[one.parent]
            assert (before.source, before.depth) == (one.source, one.depth - 1)


@pytest.mark.parametrize(("hidden", "gap"), [([{"b"}], None), ([{"b"}, {"b"}], LOST_PARENT)])
async def test_c4_a_parent_one_page_leaves_out_is_looked_for_again(hidden: list[set[str]], gap: str | None) -> None:
    stream, projection = FakeStream(), FakeProjection()
    for name, parent in {"b": "a", "c": "b"}.items():
        stream.add(name, [], parent=parent, at=CREATED)
    stream.hidden.extend(hidden)
    projection.shards[1, "a"] = DONE
    known_now = await register_shards(stream, projection, World().generation, START + timedelta(hours=30))
    assert known_now.progress["c"].gap == gap
