import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.card_numbers import has_card_number
from app.domain.identifiers import check_id
from app.domain.random_ids import random_id


@given(st.binary(min_size=16, max_size=16))
def test_a_token_is_an_id_and_never_a_card_number(random_bytes: bytes) -> None:
    token = random_id("card", random_bytes)
    assert check_id(token) == token
    assert len(token) == 31
    assert not has_card_number(token)
    assert not has_card_number(token.removeprefix("card_"))


def test_a_token_of_digits_only_is_no_card_number_either() -> None:
    """22222... is 0b11010 over and over in base32."""
    token = random_id("card", int("11010" * 25 + "110", 2).to_bytes(16))
    assert token == "card_" + "2" * 25 + "y"
    assert not has_card_number(token)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_two_random_values_are_two_tokens(one: bytes, other: bytes) -> None:
    assert (random_id("card", one) == random_id("card", other)) == (one == other)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_token_is_made_of_128_bits(size: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        random_id("card", bytes(size))
