"""Every wrong token is refused, for a fixed reason that holds nothing of it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.identity.reasons import Reason
from app.ports.identity import TokenRefused
from tests.identity.issuer import a_key
from tests.identity.rig import Rig, make_rig
from tests.identity.wrong_tokens import wrong_tokens

ELLIPTIC, RSA = a_key("elliptic"), a_key("rsa", "RS256")
RIG = make_rig(RSA, ELLIPTIC)
WRONG = wrong_tokens(RIG.issuer, ELLIPTIC, RSA)


async def refusal(rig: Rig, token: str) -> TokenRefused:
    """Of a token that must not be good."""
    with pytest.raises(TokenRefused) as caught:
        await rig.identity.principal_of(token)
    return caught.value


@pytest.mark.parametrize("name", WRONG)
async def test_it_is_refused(name: str) -> None:
    token, why = WRONG[name]
    refused = await refusal(RIG, token)
    assert refused.reason == why
    assert str(refused) in set(Reason)
    assert refused.__cause__ is None
    assert refused.__suppress_context__ or refused.__context__ is None


async def test_the_corpus_is_refused_for_what_its_names_say() -> None:
    """The same keys and claims are good without the one thing that is wrong."""
    for key in (ELLIPTIC, RSA):
        assert (await RIG.identity.principal_of(RIG.issuer.token(key=key))).user_id == "hanako"
    assert len(WRONG) >= 80


async def test_only_unknown_keys_are_asked_for() -> None:
    """Else anybody could have the issuer asked with a token of their own making."""
    rig = make_rig(RSA, ELLIPTIC)
    for token, why in WRONG.values():
        before = rig.keys.asked_again
        await refusal(rig, token)
        assert rig.keys.asked_again - before == (why == Reason.KEY)
    assert len(rig.remembered) == 0


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
@example("a.b.c")
async def test_nothing_else_comes_of_any_text(text: str) -> None:
    await refusal(RIG, text)


@given(st.data())
async def test_no_changed_character_is_overlooked(data: st.DataObject) -> None:
    good = make_rig(ELLIPTIC).issuer.token(key=RSA)
    place = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.sampled_from("ABCDwxyz0189-_.=+/ %").filter(lambda char: char != good[place]))
    await refusal(RIG, good[:place] + other + good[place + 1 :])
