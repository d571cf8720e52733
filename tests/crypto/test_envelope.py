"""A ciphertext opens where it was made, whole, with its key; and nowhere else, and in no other way."""

import os
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto.envelope import KEY_BYTES, NONCE_BYTES, PlaceCipher, bound_to, envelope
from app.ports.encryption import Place, Undecryptable

HERE = Place("vault", "USER#hanako", "PROFILE", "name", "hanako")
KEY = bytes(range(KEY_BYTES))


def cipher(key: bytes = KEY, random: Callable[[int], bytes] = os.urandom) -> PlaceCipher:
    return PlaceCipher(envelope(key, random))


@given(st.binary(max_size=300))
def test_what_was_sealed_opens(plain: bytes) -> None:
    assert cipher().decrypt(cipher().encrypt(plain, HERE), HERE) == plain


def test_the_same_is_never_sealed_alike() -> None:
    assert len({cipher().encrypt(b"same", HERE) for _ in range(100)}) == 100


def test_each_ciphertext_has_a_nonce_of_its_own_from_the_source_of_randomness() -> None:
    asked: list[int] = []

    def random(size: int) -> bytes:
        asked.append(size)
        return len(asked).to_bytes(size, "big")

    one = cipher(random=random)
    sealed = [one.encrypt(b"", HERE) for _ in range(3)]
    assert asked == [NONCE_BYTES] * 3
    assert [text[1 : 1 + NONCE_BYTES] for text in sealed] == [n.to_bytes(NONCE_BYTES, "big") for n in (1, 2, 3)]


def test_no_bit_can_be_flipped() -> None:
    sealed = cipher().encrypt("山田".encode(), HERE)
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Undecryptable):
            cipher().decrypt(bytes(flipped), HERE)


def test_nothing_can_be_cut_off_or_added() -> None:
    sealed = cipher().encrypt(b"plain", HERE)
    for changed in (*(sealed[:length] for length in range(len(sealed))), sealed[1:], sealed + b"\0"):
        with pytest.raises(Undecryptable):
            cipher().decrypt(changed, HERE)


def test_another_key_opens_nothing() -> None:
    sealed = cipher().encrypt(b"plain", HERE)
    with pytest.raises(Undecryptable):
        cipher(bytes(KEY_BYTES)).decrypt(sealed, HERE)


@pytest.mark.parametrize("part", [one.name for one in fields(Place)])
def test_another_place_opens_nothing(part: str) -> None:
    sealed = cipher().encrypt(b"plain", HERE)
    with pytest.raises(Undecryptable):
        cipher().decrypt(sealed, replace(HERE, **{part: "other"}))


@given(st.lists(st.text(), min_size=5, max_size=5), st.lists(st.text(), min_size=5, max_size=5))
def test_no_two_places_are_one(here: list[str], there: list[str]) -> None:
    assert (bound_to(*here) == bound_to(*there)) == (here == there)


@pytest.mark.parametrize(("here", "there"), [(("ab", "c"), ("a", "bc")), (('a","b',), ("a", "b")), (("",), ())])
def test_parts_do_not_run_into_each_other(here: tuple[str, ...], there: tuple[str, ...]) -> None:
    assert bound_to(*here) != bound_to(*there)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_has_256_bits(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        envelope(bytes(size), os.urandom)


def test_neither_key_nor_plain_text_shows() -> None:
    one = cipher(b"k" * 32)
    assert "k" * 8 not in repr(one)
    with pytest.raises(Undecryptable) as raised:
        one.decrypt(one.encrypt(b"personal", HERE), replace(HERE, pk="USER#secret"))
    assert "personal" not in repr(raised.value)
    assert "secret" not in repr(raised.value)
