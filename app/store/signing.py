"""Signature Version 4 of one kind of request: a POST of JSON to the root of one service's endpoint.

The rule is AWS's ("Create a signed AWS API request"). What does not change from request to request is made once: the
parts of the text that is signed, and the key, which is good for a day.
"""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

CONTENT_TYPE = "application/x-amz-json-1.0"
_ALGORITHM = "AWS4-HMAC-SHA256"


class Keys(NamedTuple):
    """Of whoever signs. `token` belongs to keys that are only good for some hours."""

    access_key: str
    secret_key: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """`service`, `region` and `host` (with its port, unless that is the scheme's own) as the endpoint knows them.

    `epoch_seconds` tells the time.
    """

    service: str
    region: str
    host: str
    epoch_seconds: Callable[[], float]

    def headers(self, keys: Keys, target: str, body: bytes) -> dict[str, str]:
        """The headers that make a signed request of this body. `target` is the operation's X-Amz-Target."""
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.epoch_seconds()))
        day = moment[:8]
        signed = {"content-type": CONTENT_TYPE, "host": self.host, "x-amz-date": moment}
        if keys.token:
            signed["x-amz-security-token"] = keys.token
        signed["x-amz-target"] = target
        names = ";".join(signed)
        lines = "".join([f"{name}:{value}\n" for name, value in signed.items()])
        canonical = f"POST\n/\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
        scope = f"{day}/{self.region}/{self.service}/aws4_request"
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(_key(keys.secret_key, day, self.region, self.service), text.encode(), "sha256").hex()
        del signed["host"]  # whoever sends it writes it
        signed["authorization"] = (
            f"{_ALGORITHM} Credential={keys.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return signed


@lru_cache(maxsize=8)
def _key(secret_key: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
