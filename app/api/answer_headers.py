"""Headers that are added to every answer on its way out."""

AnswerHeaders = tuple[tuple[bytes, bytes], ...]

OWN_HEADERS = "answer_headers"
"""The key of the scope under which a layer puts AnswerHeaders of its own, in the place of what all others get."""
