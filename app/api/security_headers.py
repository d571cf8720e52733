"""Headers that tell browsers to do nothing with an answer but what it is for. The same on every answer, made at start.

Which host a request names is not looked at: answers do not depend on it, and the load balancer serves its own names.
"""

from app.api.answer_headers import AnswerHeaders

_NO_MIX_UP: AnswerHeaders = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
# Nobody but who asked may keep an answer, and for another token it is another one. Files that everybody may have are
# kept by whoever wants to.
_NOT_KEPT: AnswerHeaders = ((b"cache-control", b"private, no-store"), (b"vary", b"Authorization"))
_TWO_YEARS = 63_072_000
_NOTHING = b"default-src 'none'; frame-ancestors 'none'"


def security_headers(*, only_https: bool, policy: bytes = _NOTHING, is_for_all: bool = False) -> AnswerHeaders:
    """`policy` is the Content-Security-Policy: an answer that is no page may load nothing. With `only_https` browsers
    never ask without TLS again. `is_for_all`: it is the same file for everybody."""
    secure = ((b"strict-transport-security", b"max-age=%d" % _TWO_YEARS),) if only_https else ()
    kept = () if is_for_all else _NOT_KEPT
    return (*_NO_MIX_UP, (b"content-security-policy", policy), *kept, *secure)
