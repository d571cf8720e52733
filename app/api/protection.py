"""What stands between the network and the routes, as the settings say it."""

from dataclasses import dataclass

from app.domain.token_buckets import TokenBuckets


@dataclass(frozen=True, slots=True)
class Protection:
    """Made once, at start. As it is by default nobody is asked who they are, as in tests.

    `is_open`: callers need no token. `open_to_network`: also not those who come from other machines.
    `openid_issuer`: whose tokens are good here, for the description; None where the issuer has no address.
    `only_https`: browsers are told never to ask without TLS. `cors_origins`: whose pages may ask.
    `max_requests`: worked on at once. `callers` and `addresses`: how often each may ask; None: as often as they like.
    `trusted_proxies`: how many stand between the network and the service.
    """

    is_open: bool = True
    open_to_network: bool = False
    docs_enabled: bool = True
    openid_issuer: str | None = None
    only_https: bool = False
    cors_origins: tuple[str, ...] = ()
    max_requests: int = 256
    callers: TokenBuckets | None = None
    addresses: TokenBuckets | None = None
    trusted_proxies: int = 0


OPEN_SERVICE = Protection()
