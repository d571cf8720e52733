"""Whose tokens are good, by the settings; with an issuer that is really asked."""

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.identity import open_identity
from app.cli.token import make_token
from app.domain.access import Principal, Scope
from app.identity.local_key_file import read_or_make_key
from app.identity.local_keys import key_id
from app.identity.reasons import Reason
from app.ports.identity import Identity, IssuerUnavailable, TokenRefused
from app.settings import Settings
from tests.identity.issuer import AUDIENCE, Issuer, Key, a_key
from tests.identity.rig import NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token-key.pem"


@pytest.fixture
def local_token(path: Path) -> str:
    return make_token(read_or_make_key(path), "hanako", [Scope.AUDIT], is_user=True, now=NOW, minutes=10**6)


def opened(path: Path, issuer: Issuer | None = None, **more: Any) -> AbstractAsyncContextManager[Identity]:
    trusted = {"auth_issuer": issuer.url, "auth_audience": AUDIENCE} if issuer else {}
    settings = Settings(**{"environment": "local", "local_token_key": path, **trusted, **more})
    return open_identity(settings, now=lambda: float(NOW))


async def refusal(identity: Identity, token: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        await identity.principal_of(token)
    return caught.value.reason


@pytest.fixture
def issuer(issuer: Issuer) -> Issuer:
    issuer.now = NOW
    return issuer


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
async def test_an_issuers_token(path: Path, issuer: Issuer, algorithm: str) -> None:
    issuer.rotate(algorithm=algorithm)
    async with opened(path, issuer) as identity:
        found = await identity.principal_of(issuer.token("hanako", scopes=["kickbacks:audit"]))
    assert found == Principal("hanako", frozenset({Scope.AUDIT}), "hanako")
    assert issuer.fetches == 1


async def test_the_issuers_keys_are_had_before_the_first_token(path: Path, issuer: Issuer) -> None:
    async with opened(path, issuer, environment="production"):
        for _ in range(200):
            await asyncio.sleep(0.01)
            if issuer.fetches:
                break
    assert issuer.fetches == 1


async def test_it_opens_without_the_issuer_and_recovers(path: Path, issuer: Issuer) -> None:
    issuer.is_down = True
    async with opened(path, issuer) as identity:
        token = issuer.token("hanako")
        with pytest.raises(IssuerUnavailable):
            await identity.principal_of(token)
        issuer.is_down = False
        for _ in range(60):
            try:
                assert (await identity.principal_of(token)).user_id == "hanako"
                return
            except IssuerUnavailable:
                await asyncio.sleep(0.1)
    pytest.fail("the issuer's return was not noticed")


async def test_a_rotation_is_followed_and_the_old_key_ends(path: Path, issuer: Issuer) -> None:
    async with opened(path, issuer) as identity:
        old = issuer.token("hanako")
        await identity.principal_of(old)
        issuer.rotate()
        assert (await identity.principal_of(issuer.token("taro"))).user_id == "taro"
        assert await refusal(identity, old) == Reason.KEY
    assert issuer.fetches == 2


async def test_a_flood_of_unknown_keys_asks_the_issuer_once(path: Path, issuer: Issuer) -> None:
    async with opened(path, issuer) as identity:
        await identity.principal_of(issuer.token("hanako"))
        tokens = [issuer.token("hanako", key=a_key(f"key{number}")) for number in range(50)]
        refused = await asyncio.gather(*(refusal(identity, token) for token in tokens))
    assert set(refused) == {Reason.KEY}
    assert issuer.fetches == 2


async def test_a_hundred_first_requests_ask_once(path: Path, issuer: Issuer) -> None:
    async with opened(path, issuer) as identity:
        tokens = [issuer.token(f"user{number}") for number in range(100)]
        found = await asyncio.gather(*(identity.principal_of(token) for token in tokens))
    assert [one.user_id for one in found] == [f"user{number}" for number in range(100)]
    assert issuer.fetches == 1


async def test_a_development_token_on_a_developers_machine(path: Path, local_token: str) -> None:
    async with opened(path) as identity:
        assert await identity.principal_of(local_token) == Principal("hanako", frozenset({Scope.AUDIT}), "hanako")


async def test_a_development_token_beside_an_issuer(path: Path, local_token: str, issuer: Issuer) -> None:
    async with opened(path, issuer, auth_scope_claim="permissions", auth_user_claim="member") as identity:
        assert (await identity.principal_of(local_token)).has(Scope.AUDIT)
        assert (await identity.principal_of(issuer.token("x", claims={"member": "taro"}))).user_id == "taro"


async def test_a_development_key_that_is_made_after_the_start(path: Path) -> None:
    async with opened(path) as identity:
        token = make_token(read_or_make_key(path), "hanako", [], is_user=True, now=NOW, minutes=1)
        assert (await identity.principal_of(token)).user_id == "hanako"


async def test_never_in_production_even_when_the_key_is_there(path: Path, local_token: str, issuer: Issuer) -> None:
    async with opened(path, issuer, environment="production") as identity:
        assert await refusal(identity, local_token) == Reason.KEY
        assert (await identity.principal_of(issuer.token("hanako"))).user_id == "hanako"


async def test_never_in_production_even_when_the_issuer_has_that_key(path: Path, issuer: Issuer) -> None:
    """Then it is one of the issuer's keys, but not its tokens."""
    key = read_or_make_key(path)
    issuer.keys.append(Key(key_id(key), "ES256", key))
    token = make_token(key, "hanako", [], is_user=True, now=NOW, minutes=10**6)
    async with opened(path, issuer, environment="production") as identity:
        assert await refusal(identity, token) == Reason.ISSUER


async def test_without_an_issuer_nobody_elses_token_is_good(path: Path, local_token: str, issuer: Issuer) -> None:
    async with opened(path) as identity:
        assert await refusal(identity, issuer.token("hanako")) == Reason.KEY
    async with opened(path, environment="production") as identity:
        assert await refusal(identity, local_token) == Reason.KEY


async def test_an_issuers_token_with_a_development_keys_name(path: Path, local_token: str, issuer: Issuer) -> None:
    kid = key_id(read_or_make_key(path))
    async with opened(path, issuer) as identity:
        assert await refusal(identity, issuer.token("hanako", headers={"kid": kid})) == Reason.SIGNATURE


async def test_a_program_of_a_developer(path: Path) -> None:
    token = make_token(read_or_make_key(path), "pos-1", [Scope.RECORD], is_user=False, now=NOW, minutes=1)
    async with opened(path) as identity:
        assert await identity.principal_of(token) == Principal("pos-1", frozenset({Scope.RECORD}))


async def test_the_vault_is_needed_where_it_is_to_be_asked(path: Path, issuer: Issuer) -> None:
    with pytest.raises(ValueError, match="AUTH_USER_IDS"):
        async with opened(path, issuer, auth_user_ids="vault"):
            pytest.fail("opened")
