"""Logs: one JSON object a line on standard output."""

import logging
import sys
from collections.abc import Callable
from typing import TextIO, cast

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

_FINISHING: list[Processor] = [
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    # Without local variables: they hold what clients sent, and our secrets.
    structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
    structlog.processors.JSONRenderer(ensure_ascii=False),
]


def configure_logs(
    level: int = logging.INFO, *, to: TextIO | None = None, lost: Callable[[], object] = lambda: None
) -> None:
    """For the whole process, on standard output unless told otherwise. Warnings and errors of libraries too.

    `lost` is called for each line for which there was no room.
    """
    file = cast("TextIO", _Lossy(to or sys.stdout, lost))
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, *_FINISHING],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=file),
        cache_logger_on_first_use=True,
    )
    _take_over_from_libraries(file)


def _take_over_from_libraries(to: TextIO) -> None:
    """They write by Python's own `logging`, whose lines would be plain text, on standard error."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_FINISHING],
    )
    handler = logging.StreamHandler(to)
    handler.setFormatter(formatter)
    handler.setLevel(logging.WARNING)
    root = logging.getLogger()
    for other in [one for one in root.handlers if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter)]:
        root.removeHandler(other)
    root.addHandler(handler)


def line_writer(level: int) -> Callable[[str], None] | None:
    """Writes finished lines to where `configure_logs` sends all others; None where lines of that level are left out.

    For what is logged so often that structlog's way from fields to a line is too long.
    """
    if not structlog.get_logger().is_enabled_for(level):
        return None
    write: Callable[[str], None] = structlog.get_config()["logger_factory"]().msg
    return write


class _Lossy:
    """A text file that takes what there is room for: an answer is worth more than the line about it."""

    def __init__(self, file: TextIO, lost: Callable[[], object]) -> None:
        self._lost = lost
        self._file = file

    def write(self, text: str) -> None:
        """One line."""
        try:
            self._file.write(text)
        except OSError:
            self._lost()

    def flush(self) -> None:
        """Where it turns out whether there was room."""
        try:
            self._file.flush()
        except OSError:
            self._lost()
