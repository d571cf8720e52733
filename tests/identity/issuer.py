"""An issuer of tokens for tests: on loopback, in a thread of its own, so that a blocked loop does not silence it.

with issuer() as one:                       # or the fixture `issuer` of tests/identity/conftest.py
    settings = make(auth_issuer=one.url, auth_audience=AUDIENCE)
    one.token("hanako")                     # a user
    one.token("pos-1", scopes=["kickbacks:record"], claims={"client_id": "pos-1"})   # a program
    one.token("hanako", seconds=-3600)      # expired an hour ago
    one.token("hanako", claims={"aud": "others"}, without=["nbf"])
    one.token("hanako", key=a_key("kid", "ES256"))   # signed by somebody else
    one.rotate(); one.is_down = True; one.delay_seconds = 2; one.answer = b"garbage"; one.fetches
"""

import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "kickbacks"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Key:
    """A signing key. `kid` None: neither its tokens nor the key set name it."""

    kid: str | None
    algorithm: str
    private: PrivateKey

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public half as the key set shows it; a change to None leaves a member out."""
        public = self.private.public_key()
        plain = (
            RSAAlgorithm.to_jwk(public, as_dict=True)
            if isinstance(public, rsa.RSAPublicKey)
            else ECAlgorithm.to_jwk(public, as_dict=True)
        )
        plain.pop("key_ops", None)
        whole = {**plain, "kid": self.kid, "alg": self.algorithm, "use": "sig", **changes}
        return {name: value for name, value in whole.items() if value is not None}


def a_key(kid: str | None = None, algorithm: str = "ES256") -> Key:
    """A new key: of the curve that the algorithm needs, or of RSA (made once: that takes long)."""
    curves: dict[str, type[ec.EllipticCurve]] = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1}
    if algorithm in curves:
        return Key(kid, algorithm, ec.generate_private_key(curves[algorithm]()))
    return Key(kid, algorithm, rsa_key(2048))


@cache
def rsa_key(bits: int, number: int = 0) -> rsa.RSAPrivateKey:
    """One for each size and number in a test process."""
    return rsa.generate_private_key(65537, bits)


def sign(claims: Mapping[str, Any], key: Key, headers: Mapping[str, Any] | None = None) -> str:
    """A token with exactly these claims."""
    named = {"kid": key.kid} if key.kid is not None else {}
    return jwt.encode(dict(claims), key.private, key.algorithm, headers={**named, **(headers or {})})


@dataclass
class Issuer:
    """What it answers, and what it was asked. Times are the machine's clock unless `now` is set (epoch seconds)."""

    url: str
    """Also the `iss` of its tokens."""
    keys: list[Key] = field(default_factory=lambda: [a_key(uuid4().hex)])
    """Those in the key set; the last one signs."""
    now: float | None = None
    is_down: bool = False
    """Connections are closed without an answer."""
    delay_seconds: float = 0
    answer: bytes | None = None
    """Instead of the key set."""
    discovery: Mapping[str, Any] = field(default_factory=dict)
    """What the discovery document says otherwise."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fetches: int = 0
    """How often the key set was asked for, answered or not."""
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/jwks"

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [key.jwk() for key in self.keys]}

    def claims(self, sub: str = "hanako", *, seconds: int = 600) -> dict[str, Any]:
        """Good ones, for `seconds` from now."""
        now = int(self.now if self.now is not None else time.time())
        return {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": sub,
            "iat": now - max(0, -seconds) - 5,
            "nbf": now - max(0, -seconds) - 5,
            "exp": now + seconds,
        }

    def token(
        self,
        sub: str = "hanako",
        *,
        scopes: Iterable[str] = (),
        seconds: int = 600,
        claims: Mapping[str, Any] | None = None,
        without: Iterable[str] = (),
        headers: Mapping[str, Any] | None = None,
        key: Key | None = None,
    ) -> str:
        """A good token, but for what is asked for otherwise."""
        words = " ".join(scopes)
        whole = {**self.claims(sub, seconds=seconds), **({"scope": words} if words else {}), **(claims or {})}
        left_out = set(without)
        return sign({name: whole[name] for name in whole if name not in left_out}, key or self.keys[-1], headers)

    def rotate(self, *, keep: bool = False, algorithm: str = "ES256") -> Key:
        """A new key signs from now on; the old ones are gone unless kept."""
        new = a_key(uuid4().hex, algorithm)
        self.keys = [*self.keys, new] if keep else [new]
        return new


@contextmanager
def issuer() -> Iterator[Issuer]:
    """Listening until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.daemon_threads = True
    one = _Answers.issuers[server.server_port] = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        one.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
        del _Answers.issuers[server.server_port]


class _Answers(BaseHTTPRequestHandler):
    issuers: dict[int, Issuer] = {}  # noqa: RUF012 - the base class makes the handlers, so they share this

    def do_GET(self) -> None:
        one = self.issuers[self.server.server_address[1]]  # type: ignore[index]  # an address is (host, port) here
        is_discovery = self.path == "/.well-known/openid-configuration"
        one.fetches += not is_discovery
        one.stopped.wait(one.delay_seconds)
        if one.is_down or one.stopped.is_set():
            self.close_connection = True
            return
        document = {"issuer": one.url, "jwks_uri": one.jwks_url, **one.discovery}
        self._send(one, json.dumps(document if is_discovery else one.jwks).encode(), is_discovery)

    def _send(self, one: Issuer, document: bytes, is_discovery: bool) -> None:
        body = document if is_discovery or one.answer is None else one.answer
        self.send_response(one.status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **one.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: its talk is no part of a test's output."""
