"""Where a request comes from, as far as that can be believed."""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.types import Scope

UNKNOWN = "unknown"
_LONGEST = 64  # characters of an address; what is longer is none, and would fill memory
_REMEMBERED = 4096
_SUBSCRIBER_BITS = 64  # of an IPv6 address: one subscriber has all addresses below


def address_of(trusted_proxies: int) -> Callable[[Scope], str]:
    """A function from a request to the network its sender is in: an IPv4 address, or the first 64 bits of an IPv6 one.

    It is the other end of the connection, or, behind so many trusted proxies, what the outermost of them has seen:
    each appends to X-Forwarded-For where it was called from, so it is counted from the right, and what a client put
    there itself stands further left. A request with fewer entries, or with something else in that place, has come by
    another way: then it is the connection that counts.
    """
    if not trusted_proxies:
        return _of_connection

    def forwarded_for(scope: Scope) -> str:
        entries = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").split(b",")
        if len(entries) >= trusted_proxies:
            said = network_of(entries[-trusted_proxies].strip().decode("latin-1"))
            if said != UNKNOWN:
                return said
        return _of_connection(scope)

    return forwarded_for


def network_of(address: str) -> str:
    """As text; UNKNOWN for what is no address. A port may follow it, as some proxies have it."""
    return _network_of(address) if len(address) <= _LONGEST else UNKNOWN


def _of_connection(scope: Scope) -> str:
    client = scope.get("client")
    return network_of(client[0]) if client else UNKNOWN


@lru_cache(_REMEMBERED)
def _network_of(address: str) -> str:
    try:
        parsed = ip_address(_without_port(address))
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(IPv6Address(int(parsed) >> _SUBSCRIBER_BITS << _SUBSCRIBER_BITS))
        parsed = parsed.ipv4_mapped
    return str(IPv4Address(parsed))


def _without_port(address: str) -> str:
    """`192.0.2.1:80` and `[2001:db8::1]:80` without the port; others as they are."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
