"""Who a good token's holder is, and what is remembered of it."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from app.domain.access import Principal, Scope
from app.identity import tokens, verifying
from app.identity.reasons import Reason
from app.identity.remembered import RememberedTokens
from app.identity.users import CLAIMED_S, FOUND_S, ClaimedUsers, VaultUsers
from app.ports.errors import StoreUnavailable
from app.ports.identity import TokenRefused
from tests.identity.issuer import a_key
from tests.identity.rig import LEEWAY, NOW, Rig, make_rig, set_of

KEY = a_key("key")


@dataclass
class Vault:
    """The one method of the vault that is asked."""

    users: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: int = 0
    is_away: bool = False

    async def user_of(self, issuer: str, subject: str) -> str | None:
        self.asked += 1
        if self.is_away:
            raise StoreUnavailable
        return self.users.get((issuer, subject))


@pytest.fixture
def rig() -> Rig:
    return make_rig(KEY)


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature was looked at."""
    seen: list[str] = []
    real = tokens.verified_claims

    def counted(token: str, *rest: Any) -> dict[str, Any]:
        seen.append(token)
        return real(token, *rest)

    monkeypatch.setattr(verifying, "verified_claims", counted)
    return seen


async def principal(rig: Rig, sub: str = "hanako", **claims: Any) -> Principal:
    return await rig.identity.principal_of(rig.issuer.token(sub, claims=claims))


@pytest.mark.parametrize("sub", ["hanako", "a", "x" * 64, "auth0-5f7c", "A.b_c:d-e"])
async def test_a_subject_that_is_an_id_is_the_user(rig: Rig, sub: str) -> None:
    assert await principal(rig, sub) == Principal(sub, user_id=sub)


@pytest.mark.parametrize(
    "sub", ["hanako@example.com", "auth0|5f7c", "花子", "x" * 65, "x y", "a/b", "4111111111111111", "a\nb"]
)
async def test_a_subject_that_is_none_is_nobody_and_shows_nothing(rig: Rig, sub: str) -> None:
    found = await principal(rig, sub)
    assert found.user_id is None
    assert found.subject.startswith("h:")
    assert len(found.subject) == 24
    assert sub not in repr(found)
    assert found.subject == (await principal(rig, sub, more=1)).subject


async def test_nobody_can_be_called_like_a_hash(rig: Rig) -> None:
    victim = (await principal(rig, "hanako@example.com")).subject
    assert (await principal(rig, victim)).subject != victim


async def test_another_claim_may_say_who_the_user_is(rig: Rig) -> None:
    rig.users = ClaimedUsers("https://example.com/member")
    assert await principal(rig, "auth0|1", **{"https://example.com/member": "u1"}) == Principal(
        (await principal(rig, "auth0|1")).subject, user_id="u1"
    )
    odd: list[Any] = [None, 7, ["u1"], "u 1", "", "u1@example.com"]
    for value in odd:
        token = rig.issuer.token(claims={"https://example.com/member": value})
        assert (await rig.identity.principal_of(token)).user_id is None
    assert (await principal(rig, "hanako")).user_id is None


@pytest.mark.parametrize("claim", ["client_id", "azp"])
async def test_a_program_is_never_a_user(rig: Rig, claim: str) -> None:
    found = await principal(rig, "pos-1", **{claim: "pos-1", "scope": "kickbacks:record"})
    assert found == Principal("pos-1", frozenset({Scope.RECORD}))
    person = await principal(rig, "hanako", **{claim: "pos-1", "scope": "kickbacks:record"})
    assert person.user_id == "hanako"


async def test_a_token_is_verified_once(rig: Rig, verifications: list[str]) -> None:
    token = rig.issuer.token("hanako", seconds=7200)
    first = await rig.identity.principal_of(token)
    rig.clock.wait(CLAIMED_S - 1)
    assert await rig.identity.principal_of(token) is first
    assert len(verifications) == 1
    rig.clock.wait(1)
    assert await rig.identity.principal_of(token) == first
    assert len(verifications) == 2


async def test_a_remembered_token_expires_to_the_second(rig: Rig) -> None:
    token = rig.issuer.token("hanako", seconds=10)
    await rig.identity.principal_of(token)
    rig.clock.wait(10 + LEEWAY - 1)
    assert await rig.identity.principal_of(token)
    rig.clock.wait(1)
    with pytest.raises(TokenRefused) as caught:
        await rig.identity.principal_of(token)
    assert caught.value.reason == Reason.EXPIRED


async def test_a_clock_set_back_prolongs_nothing_that_is_remembered(rig: Rig, verifications: list[str]) -> None:
    token = rig.issuer.token("hanako", seconds=7200)
    await rig.identity.principal_of(token)
    rig.clock.seconds += CLAIMED_S
    rig.clock.wall -= 30
    await rig.identity.principal_of(token)
    assert len(verifications) == 2


async def test_the_end_of_a_key_is_the_end_of_its_tokens(rig: Rig) -> None:
    token = rig.issuer.token("hanako")
    await rig.identity.principal_of(token)
    rig.keys.now = set_of(a_key("other"))
    with pytest.raises(TokenRefused) as caught:
        await rig.identity.principal_of(token)
    assert caught.value.reason == Reason.KEY


async def test_a_further_key_ends_nothing(rig: Rig) -> None:
    token = rig.issuer.token("hanako")
    await rig.identity.principal_of(token)
    rig.keys.now = set_of(KEY, a_key("other"))
    assert (await rig.identity.principal_of(token)).user_id == "hanako"


async def test_what_is_remembered_is_bounded_and_is_no_token() -> None:
    rig = make_rig(KEY)
    rig.remembered = RememberedTokens(3)
    shown = [rig.issuer.token(f"user{number}") for number in range(9)]
    for token in shown:
        await rig.identity.principal_of(token)
    assert len(rig.remembered) == 3
    assert rig.remembered.find(shown[0], clock=0, now=NOW) is None
    assert rig.remembered.find(shown[-1], clock=0, now=NOW) is not None
    kept = repr(vars(rig.remembered))
    assert not any(part in kept for token in shown for part in token.split(".")[1:])


async def test_a_forgotten_token_is_gone_from_memory(rig: Rig) -> None:
    token = rig.issuer.token("hanako", seconds=1)
    await rig.identity.principal_of(token)
    rig.clock.wait(LEEWAY + 1)
    with pytest.raises(TokenRefused):
        await rig.identity.principal_of(token)
    assert len(rig.remembered) == 0


async def test_the_vault_says_who_it_is(rig: Rig, verifications: list[str]) -> None:
    vault = Vault({(rig.issuer.url, "hanako@example.com"): "u1", ("https://other.example/", "taro"): "u2"})
    rig.users = VaultUsers("sub", vault)
    token = rig.issuer.token("hanako@example.com", seconds=7200)
    found = await rig.identity.principal_of(token)
    assert found.user_id == "u1"
    assert await rig.identity.principal_of(token) is found
    rig.clock.wait(FOUND_S)
    vault.users.clear()
    assert (await rig.identity.principal_of(token)).user_id is None
    assert vault.asked == 2
    assert (await principal(rig, "taro")).user_id is None


async def test_who_is_new_in_the_vault_is_known_at_once(rig: Rig) -> None:
    vault = Vault()
    rig.users = VaultUsers("sub", vault)
    token = rig.issuer.token("hanako")
    assert (await rig.identity.principal_of(token)).user_id is None
    assert len(rig.remembered) == 0
    vault.users[rig.issuer.url, "hanako"] = "u1"
    assert (await rig.identity.principal_of(token)).user_id == "u1"


async def test_with_a_vault_subjects_are_personal(rig: Rig) -> None:
    """Its reason is that nobody can find the person behind a user id elsewhere."""
    rig.users = VaultUsers("sub", Vault({(rig.issuer.url, "hanako.yamada"): "u1"}))
    for sub in ("hanako.yamada", "somebody.else"):
        assert (await principal(rig, sub)).subject.startswith("h:")
    assert (await principal(rig, "pos-1", client_id="pos-1")).subject == "pos-1"


async def test_programs_are_not_looked_for_in_the_vault(rig: Rig) -> None:
    vault = Vault()
    rig.users = VaultUsers("sub", vault)
    await principal(rig, "pos-1", client_id="pos-1")
    assert vault.asked == 0


@pytest.mark.parametrize("value", [7, None, "", "x" * 256, "\ud800", ["hanako"]])
async def test_the_vault_is_not_asked_for_what_is_no_subject(rig: Rig, value: object) -> None:
    vault = Vault()
    rig.users = VaultUsers("member", vault)
    assert (await principal(rig, member=value)).user_id is None
    assert vault.asked == 0


async def test_a_vault_that_is_away_is_said_so_and_not_remembered(rig: Rig) -> None:
    vault = Vault({(rig.issuer.url, "hanako"): "u1"}, is_away=True)
    rig.users = VaultUsers("sub", vault)
    token = rig.issuer.token("hanako")
    with pytest.raises(StoreUnavailable):
        await rig.identity.principal_of(token)
    vault.is_away = False
    assert (await rig.identity.principal_of(token)).user_id == "u1"
