"""An open service stays on this machine."""

import socket

from app.cli.exit_codes import EX_CONFIG
from app.cli.output import fail
from app.settings import ServiceSettings
from app.settings.urls import is_loopback


def check_who_can_reach(listener: socket.socket, settings: ServiceSettings) -> None:
    """Ends the program where everybody in the network could do everything."""
    if settings.is_open and not settings.open_to_network and not is_loopback(listener.getsockname()[0]):
        listener.close()
        fail(
            "ENVIRONMENT=local asks nobody who they are, so it listens on this machine's own addresses only. "
            "OPEN_TO_NETWORK=true if others cannot get here; ACCESS=tokens if callers are to show tokens.",
            code=EX_CONFIG,
        )
