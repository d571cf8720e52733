"""Whose tokens are good here, by the settings."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import httpx

from app.identity.bearer import BearerIdentity, TrustedIssuer
from app.identity.fetching import IssuersKeys
from app.identity.headers import Header
from app.identity.jwks import Jwks
from app.identity.local_keys import AUDIENCE, ISSUER, KEY_ID_PREFIX, LocalKeys
from app.identity.remembered import RememberedTokens
from app.identity.subjects import SubjectNames
from app.identity.tokens import Expected
from app.identity.users import ClaimedUsers, UserFinder, VaultUsers
from app.identity.verifying import Verifier
from app.ports.identity import Identity
from app.ports.vault import Users
from app.settings import Settings, UserIds
from app.settings.urls import is_loopback

_REMEMBERED_TOKENS = 10_000


@asynccontextmanager
async def open_identity(
    settings: Settings, users: Users | None = None, *, now: Callable[[], float] = time.time
) -> AsyncIterator[Identity]:
    """For the process. The issuer need not answer yet. `users` is asked with AUTH_USER_IDS=vault; `now`: epoch seconds,
    by which tokens begin and end."""
    async with AsyncExitStack() as stack:
        issuer = await stack.enter_async_context(_issuer(settings, users, now)) if settings.auth_issuer else None
        local = await _local(settings, now) if settings.is_local else None

        def issuer_of(header: Header) -> TrustedIssuer | None:
            return local if local is not None and (header.key_id or "").startswith(KEY_ID_PREFIX) else issuer

        yield BearerIdentity(
            issuer_of=issuer_of,
            names=SubjectNames(settings.pseudonym_secret),
            remembered=RememberedTokens(_REMEMBERED_TOKENS),
            clock=time.monotonic,
            now=now,
        )


@asynccontextmanager
async def _issuer(settings: Settings, users: Users | None, now: Callable[[], float]) -> AsyncIterator[TrustedIssuer]:
    name = settings.auth_issuer or ""
    host = urlsplit(settings.auth_jwks_url or name).hostname or ""
    # A proxy cannot reach this machine's own addresses.
    async with httpx.AsyncClient(trust_env=not is_loopback(host)) as client:
        source = Jwks(IssuersKeys(client, name, settings.auth_jwks_url).fetch, time.monotonic)
        source.fresh()  # starts asking
        try:
            expected = Expected(name, settings.auth_audience or "", settings.auth_leeway_seconds)
            verifier = Verifier(expected, source, now)
            yield TrustedIssuer(verifier, settings.auth_scope_claim, _users(settings, users))
        finally:
            await source.close()


def _users(settings: Settings, users: Users | None) -> UserFinder:
    if settings.auth_user_ids is UserIds.CLAIM:
        return ClaimedUsers(settings.auth_user_claim)
    if users is None:
        raise ValueError("AUTH_USER_IDS=vault needs the vault")
    return VaultUsers(settings.auth_user_claim, users)


async def _local(settings: Settings, now: Callable[[], float]) -> TrustedIssuer:
    source = LocalKeys(settings.local_token_key, time.monotonic)
    await source.look()
    expected = Expected(ISSUER, AUDIENCE, settings.auth_leeway_seconds)
    return TrustedIssuer(Verifier(expected, source, now), "scope", ClaimedUsers("sub"))
