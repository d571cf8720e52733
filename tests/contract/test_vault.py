"""The Vault port: what was put is found again, once, by whom it should, and not at all after an erasure."""

import asyncio

import pytest

from app.domain.card_issuers import Brand
from app.domain.card_tokens import CardFace
from app.domain.personal import Birthday, CardNumber, Email, ExternalIdentity, PersonName, Profile, Subject
from app.ports.vault import Card, Erasure, Identified, UserErased, UserIdTaken, Vault
from tests.fakes.vault import FakeVault
from tests.vaults import AMEX, AT, LATER, MASTERCARD, VISA, vault_on

ISSUER = "https://issuer.test"


@pytest.fixture(scope="session", params=["fake", pytest.param("dynamodb", marks=pytest.mark.dynamodb)])
def vault(request: pytest.FixtureRequest) -> Vault:
    if request.param == "fake":
        return FakeVault()
    return vault_on(request.getfixturevalue("client"), request.getfixturevalue("shared_vault_table"))


def identity(unique: str, issuer: str = ISSUER) -> ExternalIdentity:
    return ExternalIdentity(issuer, Subject(f"hanako@{unique}.test"))


def profile(unique: str) -> Profile:
    return Profile(PersonName("山田 花子"), Email(f"Hanako@{unique}.test"), Birthday("1990-04-01"))


async def test_an_identity_has_one_user_and_the_way_back(vault: Vault, unique: str) -> None:
    user, one = f"u-{unique}", identity(unique)
    assert await vault.user_of(one.issuer, one.subject.reveal()) is None
    assert await vault.identity_of(user) is None
    assert await vault.add_identity(one, user_id=user, at=AT) == Identified(user, is_new=True)
    assert await vault.user_of(one.issuer, one.subject.reveal()) == user
    assert await vault.identity_of(user) == one
    assert await vault.add_identity(one, user_id=f"{user}-2", at=AT) == Identified(user, is_new=False)
    assert await vault.identity_of(f"{user}-2") is None


async def test_identities_are_told_apart_character_by_character(vault: Vault, unique: str) -> None:
    base = identity(unique)
    others = [
        ExternalIdentity(ISSUER.upper(), base.subject),
        ExternalIdentity(ISSUER, Subject(base.subject.reveal().upper())),
        ExternalIdentity(ISSUER, Subject(f"{base.subject.reveal()} ")),
        ExternalIdentity(f'{ISSUER}","{base.subject.reveal()[:3]}', Subject(base.subject.reveal()[3:])),
    ]
    for number, one in enumerate([base, *others]):
        user = f"u-{unique}-{number}"
        assert await vault.add_identity(one, user_id=user, at=AT) == Identified(user, is_new=True)
    assert [await vault.user_of(one.issuer, one.subject.reveal()) for one in [base, *others]] == [
        f"u-{unique}-{number}" for number in range(5)
    ]


async def test_a_user_has_one_identity(vault: Vault, unique: str) -> None:
    user = f"u-{unique}"
    await vault.add_identity(identity(unique), user_id=user, at=AT)
    with pytest.raises(UserIdTaken):
        await vault.add_identity(identity(unique, "another"), user_id=user, at=AT)
    assert await vault.identity_of(user) == identity(unique)


async def test_of_many_who_add_an_identity_one_gives_the_user_id(vault: Vault, unique: str) -> None:
    added = await asyncio.gather(
        *(vault.add_identity(identity(unique), user_id=f"u-{unique}-{number}", at=AT) for number in range(6))
    )
    (user,) = {one.user_id for one in added}
    assert [one.is_new for one in added].count(True) == 1
    assert await vault.identity_of(user) == identity(unique)


async def test_a_profile_is_replaced_as_a_whole(vault: Vault, unique: str) -> None:
    user = f"u-{unique}"
    assert await vault.profile_of(user) is None
    for one in (profile(unique), Profile(name=PersonName("花")), Profile(birthday=Birthday("1990-04-02")), Profile()):
        await vault.put_profile(user, one, at=AT)
        assert await vault.profile_of(user) == one


async def test_users_are_found_by_address_however_it_is_written(vault: Vault, unique: str) -> None:
    for user in ("b", "a", "c"):
        await vault.put_profile(f"{user}-{unique}", profile(unique), at=AT)
    await vault.put_profile(f"d-{unique}", Profile(email=Email(f"other@{unique}.test")), at=AT)
    for written in (f"hanako@{unique}.test", f"HANAKO@{unique.upper()}.TEST", f"ｈａｎａｋｏ@{unique}.test"):
        assert list(await vault.users_with_email(Email(written), limit=10)) == [f"{x}-{unique}" for x in "abc"]
    assert list(await vault.users_with_email(Email(f"hanako@{unique}.test"), limit=2)) == [f"a-{unique}", f"b-{unique}"]
    assert list(await vault.users_with_email(Email(f"hanako@{unique}.tes"), limit=2)) == []


async def test_a_changed_address_is_found_and_the_old_one_is_not(vault: Vault, unique: str) -> None:
    user, new = f"u-{unique}", Email(f"new@{unique}.test")
    await vault.put_profile(user, profile(unique), at=AT)
    await vault.put_profile(user, Profile(email=new), at=AT)
    assert list(await vault.users_with_email(new, limit=9)) == [user]
    assert list(await vault.users_with_email(Email(f"hanako@{unique}.test"), limit=9)) == []
    await vault.put_profile(user, Profile(name=PersonName("花")), at=AT)
    assert list(await vault.users_with_email(new, limit=9)) == []


async def test_profiles_put_at_once_leave_one_of_them(vault: Vault, unique: str) -> None:
    user = f"u-{unique}"
    profiles = [Profile(email=Email(f"p{number}@{unique}.test")) for number in range(5)]
    await asyncio.gather(*(vault.put_profile(user, one, at=AT) for one in profiles))
    left = await vault.profile_of(user)
    assert left in profiles
    found = [bool(await vault.users_with_email(one.email, limit=9)) for one in profiles if one.email]
    assert found == [one == left for one in profiles], "the address that stands there, and no other"


async def test_a_card_is_behind_its_token(vault: Vault, unique: str) -> None:
    user, token = f"u-{unique}", f"card_{unique}"
    assert await vault.card(token) is None
    assert await vault.card_number(token) is None
    added = await vault.add_card(user, CardNumber(VISA), card_id=token, at=AT)
    assert added.is_new
    assert added.card == Card(token, user, CardFace(Brand.VISA, "1111"), AT)
    assert await vault.card(token) == added.card
    assert await vault.card_number(token) == CardNumber(VISA)


async def test_the_same_card_again_has_the_same_token(vault: Vault, unique: str) -> None:
    user = f"u-{unique}"
    first = await vault.add_card(user, CardNumber(VISA), card_id=f"card_{unique}", at=AT)
    again = await vault.add_card(user, CardNumber(VISA), card_id=f"card_{unique}2", at=LATER)
    assert not again.is_new
    assert again.card == first.card
    assert await vault.card(f"card_{unique}2") is None
    another = await vault.add_card(user, CardNumber(AMEX), card_id=f"card_{unique}3", at=AT)
    of_another = await vault.add_card(f"{user}-2", CardNumber(VISA), card_id=f"card_{unique}4", at=AT)
    assert another.is_new
    assert of_another.is_new
    assert another.card.face == CardFace(Brand.AMEX, "0005")


async def test_of_many_who_add_a_card_one_gives_the_token(vault: Vault, unique: str) -> None:
    user = f"u-{unique}"
    added = await asyncio.gather(
        *(vault.add_card(user, CardNumber(MASTERCARD), card_id=f"card_{unique}{x}", at=AT) for x in range(6))
    )
    assert len({one.card.card_id for one in added}) == 1
    assert [one.is_new for one in added].count(True) == 1


async def everything(vault: Vault, unique: str, user: str) -> None:
    await vault.add_identity(identity(unique), user_id=user, at=AT)
    await vault.put_profile(user, profile(unique), at=AT)
    await vault.add_card(user, CardNumber(VISA), card_id=f"card_{unique}", at=AT)


async def test_an_erased_user_is_gone_for_good(vault: Vault, unique: str) -> None:
    user = f"u-{unique}"
    await everything(vault, unique, user)
    assert await vault.erasure_of(user) is None
    assert await vault.erase(user, erasure_id="e1", at=LATER) == Erasure(user, "e1", LATER, is_new=True)
    assert await vault.user_of(ISSUER, identity(unique).subject.reveal()) is None
    assert await vault.identity_of(user) is None
    assert await vault.profile_of(user) is None
    assert list(await vault.users_with_email(Email(f"hanako@{unique}.test"), limit=9)) == []
    assert await vault.card(f"card_{unique}") is None
    assert await vault.card_number(f"card_{unique}") is None
    with pytest.raises(UserErased):
        await vault.put_profile(user, profile(unique), at=LATER)
    with pytest.raises(UserErased):
        await vault.add_card(user, CardNumber(VISA), card_id=f"card_{unique}2", at=LATER)
    with pytest.raises(UserErased):
        await vault.add_identity(identity(unique), user_id=user, at=LATER)


async def test_the_first_erasure_stands(vault: Vault, unique: str) -> None:
    user = f"u-{unique}"
    await vault.erase(user, erasure_id="e1", at=AT)
    stands = Erasure(user, "e1", AT, is_new=False)
    assert await vault.erase(user, erasure_id="e1", at=LATER) == stands
    assert await vault.erase(user, erasure_id="e2", at=LATER) == stands
    assert await vault.erasure_of(user) == stands


async def test_who_was_not_known_can_be_erased_and_comes_never(vault: Vault, unique: str) -> None:
    user = f"u-{unique}"
    assert (await vault.erase(user, erasure_id="e1", at=AT)).is_new
    with pytest.raises(UserErased):
        await vault.put_profile(user, Profile(), at=LATER)


async def test_whose_user_was_erased_comes_back_as_somebody_else(vault: Vault, unique: str) -> None:
    await everything(vault, unique, f"u-{unique}")
    await vault.erase(f"u-{unique}", erasure_id="e1", at=AT)
    new = f"u-{unique}-2"
    assert await vault.add_identity(identity(unique), user_id=new, at=LATER) == Identified(new, is_new=True)
    assert await vault.user_of(ISSUER, identity(unique).subject.reveal()) == new


async def test_erasing_one_leaves_the_others(vault: Vault, unique: str) -> None:
    await vault.put_profile(f"a-{unique}", profile(unique), at=AT)
    await vault.put_profile(f"b-{unique}", profile(unique), at=AT)
    await vault.erase(f"a-{unique}", erasure_id="e1", at=AT)
    assert list(await vault.users_with_email(Email(f"hanako@{unique}.test"), limit=9)) == [f"b-{unique}"]
    assert await vault.profile_of(f"b-{unique}") == profile(unique)


async def test_nothing_shows_what_it_holds(vault: Vault, unique: str) -> None:
    await everything(vault, unique, f"u-{unique}")
    shown = repr(
        [
            await vault.profile_of(f"u-{unique}"),
            await vault.identity_of(f"u-{unique}"),
            await vault.card_number(f"card_{unique}"),
        ]
    )
    for text in ("花子", "Hanako", "hanako", "1990", VISA):
        assert text not in shown
