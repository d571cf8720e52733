"""What a token allows: words in one text (RFC 6749), or a list of them as some issuers write it."""

from app.domain.access import Scope

_KNOWN = {scope.value: scope for scope in Scope}


def scopes_of(claim: object) -> frozenset[Scope]:
    """Ours among them; those of other services are nothing to us, nor is a claim of another shape."""
    words = claim.split(" ") if isinstance(claim, str) else claim if isinstance(claim, list) else ()
    return frozenset(_KNOWN[word] for word in words if isinstance(word, str) and word in _KNOWN)
