"""When two e-mail addresses are the same."""

import unicodedata

from app.domain.personal import Email


def comparable(email: Email) -> str:
    """In NFKC, so that full-width letters are as others, and in lower case: RFC 5321 lets a host tell upper and lower
    case in the part before `@`, and none does. Nothing else is taken away: dots and what follows `+` count."""
    folded = unicodedata.normalize("NFKC", email.reveal()).lower()
    return unicodedata.normalize("NFKC", folded)
