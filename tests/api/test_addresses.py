"""Where a request comes from, and what a client can make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from app.api.addresses import UNKNOWN, _network_of, address_of, network_of


def scope(client: str | None, *forwarded: str) -> Scope:
    return {
        "type": "http",
        "client": (client, 1234) if client is not None else None,
        "headers": [(b"host", b"x"), *((b"x-forwarded-for", one.encode("latin-1")) for one in forwarded)],
    }


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:8080", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::"),
        ("2001:db8:1:3::", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("", UNKNOWN),
        ("unknown", UNKNOWN),
        ("192.0.2.256", UNKNOWN),
        ("192.0.2.01", UNKNOWN),
        ("a" * 10_000, UNKNOWN),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "where"),
    [
        (0, [], "10.0.0.9"),
        (0, ["192.0.2.1"], "10.0.0.9"),  # whoever says so
        (1, ["192.0.2.1"], "192.0.2.1"),
        (1, ["6.6.6.6, 192.0.2.1"], "192.0.2.1"),
        (1, ["6.6.6.6", "192.0.2.1"], "192.0.2.1"),  # as two headers
        (2, ["6.6.6.6, 192.0.2.1, 10.0.0.1"], "192.0.2.1"),
        (2, ["6.6.6.6 ,192.0.2.1", " 10.0.0.1"], "192.0.2.1"),
        (2, ["10.0.0.1"], "10.0.0.9"),  # past one of the proxies
        (1, [], "10.0.0.9"),
        (1, [""], "10.0.0.9"),
        (1, ["192.0.2.1, unknown"], "10.0.0.9"),
        (1, ["192.0.2.1, \xe9"], "10.0.0.9"),
    ],
)
def test_only_trusted_proxies_are_believed(proxies: int, forwarded: list[str], where: str) -> None:
    assert address_of(proxies)(scope("10.0.0.9", *forwarded)) == where


@given(
    proxies=st.integers(1, 3),
    spoofed=st.lists(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30), max_size=5),
)
def test_nothing_that_a_client_says_moves_it(proxies: int, spoofed: list[str]) -> None:
    seen = ["192.0.2.1", "10.0.0.1", "10.0.0.2"][:proxies]
    appended = ", ".join([*spoofed, *seen])
    assert address_of(proxies)(scope("10.0.0.9", appended)) == "192.0.2.1"


def test_a_socket_without_an_address_is_one_of_all_those() -> None:
    assert address_of(0)(scope(None)) == UNKNOWN


def test_what_is_too_long_to_be_one_is_not_remembered() -> None:
    _network_of.cache_clear()
    network_of("192.0.2.1" + " " * 60)
    assert _network_of.cache_info().currsize == 0
