"""Signature Version 4 of one kind of request: a POST of JSON to the root of one service's endpoint.

The rule is AWS's ("Create a signed AWS API request"). Most of what is signed is the same for all requests of a second,
and is made once.
"""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
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
class _Prepared:
    """What all requests signed with these keys in this second share."""

    seconds: int
    keys: Keys
    lines: str
    canonical: str
    signed_names: str
    text: str
    mac: hmac.HMAC
    authorization: str


class Signer:
    """`service`, `region` and `host` (with its port, unless that is the scheme's own) as the endpoint knows them.

    `epoch_seconds` tells the time.
    """

    def __init__(self, service: str, region: str, host: str, epoch_seconds: Callable[[], float]) -> None:
        self._service = service
        self._region = region
        self._host = host
        self._epoch_seconds = epoch_seconds
        self._prepared: _Prepared | None = None

    def header_lines(self, keys: Keys, target: str, body: bytes) -> str:
        """The lines that make a signed request of this body, all but the host's. `target` is the operation's
        X-Amz-Target. Raises ValueError for keys that no header can hold."""
        seconds, known = int(self._epoch_seconds()), self._prepared
        if known is None or known.seconds != seconds or known.keys != keys:
            known = self._prepared = self._prepare(keys, seconds)
        canonical = f"{known.canonical}{target}\n\n{known.signed_names}\n{sha256(body).hexdigest()}"
        mac = known.mac.copy()
        mac.update(f"{known.text}{sha256(canonical.encode()).hexdigest()}".encode())
        return f"{known.lines}x-amz-target: {target}\r\nauthorization: {known.authorization}{mac.hexdigest()}\r\n"

    def _prepare(self, keys: Keys, seconds: int) -> _Prepared:
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
        sent = {"content-type": CONTENT_TYPE, "x-amz-date": moment}
        if keys.token:
            sent["x-amz-security-token"] = keys.token
        if any(end in value for value in (*sent.values(), keys.access_key) for end in "\r\n"):
            raise ValueError("a line of a header cannot have an end in it")
        # The host is signed too; whoever sends the request writes that header.
        signed = sorted([*sent.items(), ("host", self._host)])
        names = ";".join([*(name for name, _ in signed), "x-amz-target"])
        scope = f"{moment[:8]}/{self._region}/{self._service}/aws4_request"
        return _Prepared(
            seconds=seconds,
            keys=keys,
            lines="".join(f"{name}: {value}\r\n" for name, value in sent.items()),
            canonical="POST\n/\n\n" + "".join(f"{name}:{value}\n" for name, value in signed) + "x-amz-target:",
            signed_names=names,
            text=f"{_ALGORITHM}\n{moment}\n{scope}\n",
            mac=hmac.new(self._key(keys.secret_key, scope), digestmod="sha256"),
            authorization=(f"{_ALGORITHM} Credential={keys.access_key}/{scope}, SignedHeaders={names}, Signature="),
        )

    @staticmethod
    def _key(secret_key: str, scope: str) -> bytes:
        key = f"AWS4{secret_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return key
