"""Values that say something about a person. They show themselves to nobody who does not ask in so many words: not in
logs, in the texts of errors, or in what a debugger prints."""

import re
from dataclasses import dataclass, field
from datetime import date

from app.domain.card_numbers import refuse_card_number
from app.domain.periods import parse_date
from app.domain.texts import REFUSED_CHARACTERS, clean_name

MAX_EXTERNAL_LENGTH = 255
_MAX_EMAIL_LENGTH = 254
_EMAIL = re.compile(r"""[^\s@"(),:;<>\[\\\]]{1,64}@[^\s@"(),:;<>\[\\\].]{1,63}(\.[^\s@"(),:;<>\[\\\].]{1,63})+""")
_OLDEST = date(1900, 1, 1)


class Personal:
    """A text about a person. Equal to another one of its type with the same text. No dataclass: encoders would take
    it apart."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and type(other) is type(self) and other._text == self._text

    def __hash__(self) -> int:
        return hash((type(self), self._text))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"


class PersonName(Personal):
    """What somebody is called."""

    __slots__ = ()


class Email(Personal):
    """Somebody's address."""

    __slots__ = ()


class Birthday(Personal):
    """The day on which somebody was born, as YYYY-MM-DD."""

    __slots__ = ()


class Subject(Personal):
    """What an issuer of tokens calls somebody; it may be an address or a name."""

    __slots__ = ()


class CardNumber(Personal):
    """13 to 19 digits, nothing between them."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """Who somebody is elsewhere: for whom an issuer (of tokens, by its URL or name) uses which subject."""

    issuer: str = field(repr=False)  # some people have one of their own
    subject: Subject


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known about a user; each of it may be missing."""

    name: PersonName | None = None
    email: Email | None = None
    birthday: Birthday | None = None


def person_name(text: str) -> PersonName:
    """In NFC. Raises ValueError with a fixed text unless it is 1 to 256 characters without control characters or a
    card number."""
    return PersonName(clean_name(text))


def email(text: str) -> Email:
    """As it was written, in NFC. Raises ValueError with a fixed text for what is no address; whether it is somebody's
    only mail can tell."""
    address = clean_name(text)
    if len(address) > _MAX_EMAIL_LENGTH or not _EMAIL.fullmatch(address):
        raise ValueError("must be an e-mail address")
    return Email(address)


def birthday(text: str) -> Birthday:
    """Raises ValueError with a fixed text unless it is a day since 1900, YYYY-MM-DD."""
    day = parse_date(text)
    if day < _OLDEST:
        raise ValueError("must be a day since 1900")
    return Birthday(day.isoformat())


def is_after(one: Birthday, day: date) -> bool:
    """Whether nobody can have been born then, as on `day` they would not be yet."""
    return one.reveal() > day.isoformat()


def subject(text: str) -> Subject:
    """Raises ValueError with a fixed text unless it is 1 to 255 characters without control characters or a card
    number."""
    return Subject(external_text(text))


def external_text(text: str) -> str:
    """What others call something: compared character by character, so nothing is normalized. Raises ValueError with a
    fixed text."""
    if not 1 <= len(text) <= MAX_EXTERNAL_LENGTH:
        raise ValueError("must be 1 to 255 characters")
    if REFUSED_CHARACTERS.search(text) or not text.strip():
        raise ValueError("must not be blank or contain control characters")
    return refuse_card_number(text)
