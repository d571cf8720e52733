"""Errors every port may raise.

StoreError
  +-- StoreUnavailable   storage did not answer or was overloaded: nothing is wrong with the request
  |     +-- OutcomeUnknown   a write was sent, no answer came: it may have happened; again is safe
  +-- StoreRefused       storage refused what we sent: a defect of ours, never the caller's
"""


class StoreError(Exception):
    """Something went wrong between us and storage. The message is for logs, not for clients."""


class StoreUnavailable(StoreError):
    """Try again later."""


class OutcomeUnknown(StoreUnavailable):
    """The write may or may not have happened. Sending the same request again settles it."""


class StoreRefused(StoreError):
    """The request to storage was not acceptable to it."""
