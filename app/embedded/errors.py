"""What can go wrong with the embedded database.

EmbeddedError
  DistributionError   it cannot be fetched, or what came is not what was pinned
  StartFailed         it did not come up; carries the end of its log
  DataInUse           another process has the data folder open
"""

from pathlib import Path


class EmbeddedError(RuntimeError):
    """The embedded DynamoDB Local cannot be used; the message says what to do about it."""


class DistributionError(EmbeddedError):
    """DynamoDB Local could not be fetched, or its archive has the wrong checksum."""


class StartFailed(EmbeddedError):
    """DynamoDB Local did not come up."""

    def __init__(self, reason: str, log_tail: str) -> None:
        self.reason = reason
        self.log_tail = log_tail
        super().__init__(f"DynamoDB Local did not start: {reason}. The end of its log:\n{log_tail or '(empty)'}")


class DataInUse(EmbeddedError):
    """Two databases on one folder would corrupt it, so the second is refused."""

    def __init__(self, data: Path) -> None:
        self.data = data
        super().__init__(
            f"{data} is in use by another DynamoDB Local. Stop the service that has it open, or use another folder."
        )
