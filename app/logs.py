"""Logs: one JSON object a line on standard output."""

import logging
import sys
from collections.abc import Callable
from typing import TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer


def configure_logs(level: int = logging.INFO, *, to: TextIO | None = None) -> None:
    """For the whole process, on standard output unless told otherwise. Warnings and errors of libraries too."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without local variables: they hold what clients sent, and our secrets.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=to or sys.stdout),
        cache_logger_on_first_use=True,
    )


def line_writer(level: int) -> Callable[[str], None] | None:
    """Writes finished lines to where `configure_logs` sends all others; None where lines of that level are left out.

    For what is logged so often that structlog's way from fields to a line is too long.
    """
    if not structlog.get_logger().is_enabled_for(level):
        return None
    write: Callable[[str], None] = structlog.get_config()["logger_factory"]().msg
    return write
