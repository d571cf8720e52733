"""The HTTP client of the commands that talk to a running service."""

import os
from collections.abc import Mapping

import httpx

BEARER_VARIABLE = "KICKBACKS_TOKEN"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)


class UrlInvalid(ValueError):
    """Not the address of a service."""


def base_url(url: str) -> httpx.URL:
    """Raises UrlInvalid unless it is an http or https URL with a host."""
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise UrlInvalid(f"not a URL: {error}") from None
    if base.scheme not in ("http", "https") or not base.host:
        raise UrlInvalid("the URL must begin with http:// or https:// and name a host")
    return base


def open_client(
    url: str, *, transport: httpx.AsyncBaseTransport | None = None, environ: Mapping[str, str] = os.environ
) -> httpx.AsyncClient:
    """A client for the service at `url`, which shows the token of KICKBACKS_TOKEN where there is one. A proxy of the
    environment is not asked for this machine's own addresses.

    Raises UrlInvalid, also where the token could be read on its way.
    """
    base = base_url(url)
    token = environ.get(BEARER_VARIABLE, "").strip()
    if token and base.scheme != "https" and base.host not in LOOPBACK:
        raise UrlInvalid(f"{BEARER_VARIABLE} is shown over https only: others on the way could use it")
    return httpx.AsyncClient(
        base_url=base,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        timeout=_TIMEOUT,
        trust_env=base.host not in LOOPBACK,
        transport=transport,
    )
