import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto.pseudonyms import CursorCipher, KeyedPseudonyms
from app.domain.card_numbers import has_card_number
from app.domain.identifiers import ID_PATTERN
from app.ports.pseudonyms import PlainPseudonyms

KEYED = KeyedPseudonyms(b"a secret")
CIPHER = CursorCipher(b"a secret")
IDS = st.from_regex(ID_PATTERN.rstrip("$") + r"\Z", fullmatch=True)


@given(IDS, IDS)
def test_everybody_has_one_name_and_nobody_elses(one: str, other: str) -> None:
    assert re.fullmatch(r"u_[A-Za-z0-9_-]{22}", KEYED.shown(one))
    assert not has_card_number(KEYED.shown(one))
    assert (KEYED.shown(one) == KEYED.shown(other)) == (one == other)
    assert PlainPseudonyms().shown(one) == one


def test_names_stay_as_they_are() -> None:
    """Another program that knows the secret makes them like this."""
    assert KEYED.shown("hanako") == "u_SHLBtzmybf49VOs6Ac8gJg"


def test_names_are_made_with_the_secret() -> None:
    assert KeyedPseudonyms(b"another secret").shown("hanako") != KEYED.shown("hanako")


@given(st.binary(min_size=1, max_size=300))
def test_what_is_sealed_opens_again_and_shows_nothing(plain: bytes) -> None:
    sealed = CIPHER.sealed(plain)
    assert CIPHER.opened(sealed) == plain
    assert len(sealed) == len(plain) + 16
    assert len(plain) < 4 or plain not in sealed


@pytest.mark.parametrize("sealed", [b"", b"x", b"x" * 16, b"x" * 40, CursorCipher(b"another").sealed(b"hanako")])
def test_what_was_not_sealed_here_does_not_open(sealed: bytes) -> None:
    with pytest.raises(ValueError, match="not sealed"):
        CIPHER.opened(sealed)


def test_a_changed_byte_does_not_open() -> None:
    sealed = CIPHER.sealed(b"hanako")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(ValueError, match="not sealed"):
            CIPHER.opened(bytes(changed))
