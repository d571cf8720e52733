"""A budget for trying again: retries that help cost nothing, retries in vain are few.

A retry takes a token, and a call that succeeds in the end gives back what its retries took; so some calls in a hundred
may be throttled for hours. What fails in the end has spent its tokens, and only calls that succeed at once earn new
ones, a tenth of a token each: when nothing goes through, what is tried in vain is a tenth of the calls and the tokens
there were. (The SDK's own bucket gives back the last retry only, and pays for the first hundred in vain.)

Tenths of tokens, as whole numbers.
"""

_TOKEN = 10


class RetryBudget:
    """Of one client. `most` tokens, which are there at the beginning."""

    __slots__ = ("_left", "_most", "full")

    def __init__(self, most: int) -> None:
        self._most = self._left = most * _TOKEN
        self.full = True
        """Nothing to be earned: a call that succeeds at once need not be told."""

    @property
    def tokens(self) -> int:
        """Whole ones."""
        return self._left // _TOKEN

    def take(self) -> bool:
        """A token for a retry, if there is one."""
        if self._left < _TOKEN:
            return False
        self._left -= _TOKEN
        self.full = False
        return True

    def give_back(self, tokens: int) -> None:
        """Those of a call that succeeded after so many retries."""
        self._add(tokens * _TOKEN)

    def earn(self) -> None:
        """A call has succeeded at once."""
        self._add(1)

    def _add(self, tenths: int) -> None:
        self._left = min(self._most, self._left + tenths)
        self.full = self._left == self._most
