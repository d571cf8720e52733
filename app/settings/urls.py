"""Addresses that keys may be read from."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_secure(url: str, *, or_loopback: bool) -> bool:
    """Whether nobody on the way can change what is read there: https, or this machine's own address where allowed."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # raises for a port that is none
    except ValueError:
        return False
    if not host or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and or_loopback and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether the name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
