"""Like values have like marks, for one purpose and under one key; and a mark says nothing."""

import hmac
import re
from base64 import urlsafe_b64encode

from hypothesis import given
from hypothesis import strategies as st

from app.crypto.blind_index import HmacIndex

INDEX = HmacIndex(bytes(range(32)))
PARTS = st.lists(st.text(max_size=20), min_size=1, max_size=3)


@given(PARTS, PARTS)
def test_alike_for_like_parts_only(here: list[str], there: list[str]) -> None:
    assert (INDEX.of("p", *here) == INDEX.of("p", *there)) == (here == there)


@given(PARTS)
def test_it_is_a_part_of_a_key_and_differs_by_purpose_and_key(parts: list[str]) -> None:
    mark = INDEX.of("p", *parts)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", mark)
    assert len({mark, INDEX.of("q", *parts), HmacIndex(bytes(32)).of("p", *parts)}) == 3


def test_a_mark_is_what_the_standards_say() -> None:
    """What is stored stays findable: a change here is a migration of every index row."""
    key = hmac.digest(bytes(range(32)), b'["kickbacks blind index","email"]\x01', "sha256")  # RFC 5869, 2.3
    mark = hmac.digest(key, b'["hanako@example.test"]', "sha256")
    assert INDEX.of("email", "hanako@example.test") == urlsafe_b64encode(mark).decode().rstrip("=")
    assert INDEX.of("email", "hanako@example.test") == "3ZnetZtyc6PiWPMYSsb3ghCVy7Cq8s5bB-oPEOhjC_k"


def test_the_key_does_not_show() -> None:
    assert "\\x01\\x02" not in repr(INDEX)
