"""The keys of development tokens: a developer's own, good with ENVIRONMENT=local only."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from math import inf
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode

from app.identity.key_sets import NO_KEYS, KeySet, key_set
from app.identity.local_key_file import LocalKeyUnusable, read_key

ISSUER = "urn:kickbacks:local"
AUDIENCE = "kickbacks"
KEY_ID_PREFIX = "kickbacks-local-"
LOOKED_AGAIN_S = 0.1

_logger = structlog.get_logger()


def key_id(key: EllipticCurvePrivateKey) -> str:
    """Of the public half, so that another key has another name."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return KEY_ID_PREFIX + base64url_encode(sha256(point).digest()[:16]).decode()


class LocalKeys:
    """See KeySource: the file's key, or none. A file that comes later is seen with the first token that it signed."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._keys = NO_KEYS
        self._looked_at = -inf
        self._looking = asyncio.Lock()

    def fresh(self) -> KeySet:
        """As they were last seen."""
        return self._keys

    async def keys(self) -> KeySet:
        """As they were last seen."""
        return self._keys

    async def newer(self) -> KeySet:
        """Looks at the file, ten times a second at most. Never raises: a key that is not usable is none."""
        async with self._looking:
            if self._clock() - self._looked_at >= LOOKED_AGAIN_S:
                await self.look()
                self._looked_at = self._clock()
        return self._keys

    async def look(self) -> None:
        """As at the start."""
        found = await asyncio.to_thread(_public, self._path)
        if found.fingerprint != self._keys.fingerprint:
            self._keys = found


def _public(path: Path) -> KeySet:
    try:
        key = read_key(path)
    except LocalKeyUnusable as error:
        _logger.warning("local_key_unusable", reason=str(error))
        return NO_KEYS
    if key is None:
        return NO_KEYS
    jwk = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return key_set([{"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"], "kid": key_id(key)}])
