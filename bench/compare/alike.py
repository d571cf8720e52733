"""Whether all sides answer the same: a side that left something out would be compared unfairly."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from bench.compare.works import Work
from bench.http_client import Unexpected

# Of these only whether they are there can be the same: the moment of asking, and a text that only its writer reads.
_OWN = ("asOf", "nextCursor")


def check_alike(side: str, work: Work, answers: Sequence[bytes], wanted: Sequence[bytes]) -> None:
    """Of what is posted the names are compared, because each side has ids of its own. Raises Unexpected."""
    for answer, other in zip(answers, wanted, strict=True):
        difference = next(_differences("", _comparable(work, answer), _comparable(work, other)), None)
        if difference is not None:
            raise Unexpected(f"{side} answers {work} otherwise than the service: {difference}")


def _comparable(work: Work, answer: bytes) -> Any:
    decoded = msgspec.json.decode(answer)
    if work is Work.POST:
        return [sorted(decoded), sorted(decoded["ledger"])]
    for document in decoded if isinstance(decoded, list) else [decoded]:
        document.update({name: document[name] is not None for name in _OWN if name in document})
    return decoded


def _differences(place: str, ours: Any, theirs: Any) -> Iterator[str]:
    """Where they are, with what is there."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        for name, value in ours.items():
            yield from _differences(f"{place}/{name}", value, theirs[name])
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _differences(f"{place}/{number}", one, other)
    elif ours != theirs:
        yield f"at {place or '/'} {ours!r:.300}, not {theirs!r:.300}"
