"""Asking an issuer for its keys: over HTTPS, a few kilobytes, within seconds, and only where the settings say."""

import asyncio
from dataclasses import dataclass

import httpx

from app.identity.jwks import FetchFailed
from app.identity.key_sets import KeySet, key_set_of
from app.identity.strict_json import read_object
from app.settings.urls import is_secure

MAX_BYTES = 256 * 1024
DEADLINE_S = 3.0
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
_DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class IssuersKeys:
    """`jwks_url` None: the issuer's discovery document is asked each time, since it may name another place."""

    client: httpx.AsyncClient
    issuer: str
    jwks_url: str | None = None
    deadline: float = DEADLINE_S

    async def fetch(self) -> KeySet:
        """The issuer's keys. Raises FetchFailed."""
        try:
            async with asyncio.timeout(self.deadline):
                return key_set_of(await self._get(self.jwks_url or await self._discovered()))
        except TimeoutError:
            raise FetchFailed("no answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchFailed(f"no answer: {type(error).__name__}") from None
        except ValueError as error:  # a fixed text of ours
            raise FetchFailed(str(error)) from None

    async def _discovered(self) -> str:
        document = read_object(await self._get(self.issuer.rstrip("/") + _DISCOVERY))
        url = document.get("jwks_uri")
        if document.get("issuer") != self.issuer:
            raise ValueError("the discovery document is another issuer's")
        if not isinstance(url, str) or not is_secure(url, or_loopback=self.issuer.startswith("http:")):
            raise ValueError("the discovery document names no keys at an https address")
        return url

    async def _get(self, url: str) -> bytes:
        async with self.client.stream("GET", url, headers=_HEADERS) as answer:
            if answer.status_code != httpx.codes.OK:
                raise ValueError("the issuer answered with an error")
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise ValueError("the issuer's answer is packed")
            found = bytearray()
            async for part in answer.aiter_raw():
                found += part
                if len(found) > MAX_BYTES:
                    raise ValueError("the issuer's answer is too large")
            return bytes(found)
