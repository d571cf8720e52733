import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.personal import (
    Birthday,
    CardNumber,
    Email,
    ExternalIdentity,
    Personal,
    PersonName,
    Profile,
    Subject,
    birthday,
    email,
    external_text,
    is_after,
    person_name,
    subject,
)

TODAY = date(2026, 11, 22)
SECRET = "hanako.yamada@example.jp"  # stands for all that is to be hidden
TYPES = (PersonName, Email, Birthday, Subject, CardNumber)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("shown", [repr, str, "{}".format, "{!r}".format, lambda one: "%s %r" % (one, one)])  # noqa: UP031  # logging's own way
def test_nothing_of_it_is_shown_by_accident(kind: type[Personal], shown: Callable[[object], str]) -> None:
    one = kind(SECRET)
    holders = (one, [one], {one: one}, Profile(email=Email(SECRET)), ExternalIdentity("i", Subject(SECRET)))
    assert not any("hanako" in shown(holder) for holder in holders)
    assert one.reveal() == SECRET


@pytest.mark.parametrize("kind", TYPES)
def test_nor_by_a_log_line_or_a_traceback(kind: type[Personal], caplog: pytest.LogCaptureFixture) -> None:
    one = kind(SECRET)
    logging.getLogger("t").warning("got %s", one)
    try:
        raise ValueError(one)
    except ValueError as error:
        text = "".join(traceback.format_exception(error))
    assert "hanako" not in caplog.text + text


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("encode", [msgspec.json.encode, json.dumps, msgspec.to_builtins])
def test_only_what_somebody_reveals_is_sent(kind: type[Personal], encode: Callable[[object], Any]) -> None:
    with pytest.raises(TypeError) as raised:
        encode(kind(SECRET))
    assert "hanako" not in str(raised.value)


def test_it_is_a_value() -> None:
    assert Email("a@b.jp") == Email("a@b.jp") != Email("c@b.jp")
    assert Email("a@b.jp") != PersonName("a@b.jp")
    assert len({Email("a@b.jp"), Email("a@b.jp")}) == 1
    for copied in (copy.deepcopy(Email("a@b.jp")), pickle.loads(pickle.dumps(Email("a@b.jp")))):  # our own
        assert copied == Email("a@b.jp")


GOOD: list[tuple[Callable[[str], Personal], str, str]] = [
    (person_name, "山田 花子", "山田 花子"),
    (person_name, "Zoe\u0308", "Zo\u00eb"),
    (email, "hanako.yamada+points@mail.example.co.jp", "hanako.yamada+points@mail.example.co.jp"),
    (email, "O'Neil@example.ie", "O'Neil@example.ie"),
    (email, "花子@例え.jp", "花子@例え.jp"),
    (birthday, "1990-02-28", "1990-02-28"),
    (birthday, "1900-01-01", "1900-01-01"),
    (birthday, "9999-12-31", "9999-12-31"),
    (subject, "auth0|5f7c8ec7c33c6c004bbafe82", "auth0|5f7c8ec7c33c6c004bbafe82"),
    (subject, "Zoe\u0308", "Zoe\u0308"),  # compared as it is
    (subject, "s" * 255, "s" * 255),
]
BAD: list[tuple[Callable[[str], Any], str]] = [
    *((person_name, text) for text in ("", "  ", "a\u0000b", "x" * 257, "4111 1111 1111 1111", "a\u202eb")),
    *(
        (email, text)
        for text in ("", "hanako", "@b.jp", "a@", "a@b", "a@b..jp", "a@.jp", "a@b.", "a b@c.jp", "a@b@c.jp")
    ),
    *((email, text) for text in ("<a@b.jp>", "a@b.jp\n", "a,b@c.jp", "a" * 65 + "@b.jp", "a@" + "b." * 130 + "jp")),
    *((email, text) for text in ("4111111111111111@b.jp", "a@4111-1111-1111-1111.jp", 'a"@b.jp')),
    *((birthday, text) for text in ("", "1899-12-31", "2023-02-29", "19900228", "1990-2-28", "1990/02/28")),
    *((subject, text) for text in ("", " ", "a\u0000b", "s" * 256, "5555555555554444", "a\ud800b")),
    *((external_text, text) for text in ("", "i" * 256, "https://x/\u2028", "378282246310005")),
]


@pytest.mark.parametrize(("read", "text", "kept"), GOOD)
def test_what_is_taken(read: Callable[[str], Personal], text: str, kept: str) -> None:
    assert read(text).reveal() == kept


@pytest.mark.parametrize(("read", "text"), BAD)
def test_what_is_not(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueError, match="must") as raised:
        read(text)
    assert not text.strip() or text not in str(raised.value)


@given(st.text())
def test_every_text_is_taken_or_refused_in_words_of_ours(text: str) -> None:
    for read in (person_name, email, birthday, subject, external_text):
        try:
            read(text)
        except ValueError as error:
            assert str(error).startswith("must ")  # noqa: PT017  # most texts are not taken


@pytest.mark.parametrize(("born", "after"), [("2026-11-21", False), ("2026-11-22", False), ("2026-11-23", True)])
def test_nobody_is_born_tomorrow(born: str, *, after: bool) -> None:
    assert is_after(birthday(born), TODAY) is after
