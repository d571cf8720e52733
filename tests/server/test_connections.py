"""So many connections, and no more; each gives its place back."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.server.connections import Connections, most_connections


def test_so_many_of_an_address_and_so_many_of_all() -> None:
    connections = Connections(5, 2)
    assert [connections.opened(address) for address in "aaabbbccc"] == [
        *(None, None, "address"),
        *(None, None, "address"),
        *(None, "process", "process"),
    ]
    connections.closed("a")
    assert [connections.opened("b"), connections.opened("a"), connections.opened("a")] == ["address", None, "process"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans())))
def test_every_place_comes_back(steps: list[tuple[str, bool]]) -> None:
    connections, held = Connections(6, 3), {"a": 0, "b": 0, "c": 0}
    for address, opens in steps:
        if opens:
            room = held[address] < 3 and sum(held.values()) < 6
            assert (connections.opened(address) is None) is room
            held[address] += room
        elif held[address]:
            connections.closed(address)
            held[address] -= 1
    for address, times in held.items():
        for _ in range(times):
            connections.closed(address)
    assert not connections._of
    assert [connections.opened("a") for _ in range(4)] == [None, None, None, "address"]


def test_behind_proxies_an_address_is_nobody_in_particular() -> None:
    connections = Connections(100, None)
    assert [connections.opened("a") for _ in range(101)] == [None] * 100 + ["process"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize(
    ("soft", "hard", "most", "asked"),
    [
        (1_024, 1_024, 640, 1_024),
        (1_024, 4_096, 3_712, 4_096),
        (1_024, 1_048_576, 10_000, 16_384),
        (1_024, -1, 10_000, 16_384),  # as much as there is
        (65_536, 65_536, 10_000, None),
        (256, 256, 1, 256),
    ],
)
def test_descriptors_are_left_for_the_service(
    soft: int, hard: int, most: int, asked: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    set_to: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: set_to.append(limits))
    assert most_connections(128) == most
    assert set_to == ([(asked, hard)] if asked is not None else [])
