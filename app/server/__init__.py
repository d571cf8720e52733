"""The server process: uvicorn, with what it lacks for standing on the open internet.

A deadline for receiving a request, a limit on its head, a deadline for reading the answer, and a SIGTERM that drains.
"""

from app.server.listening import CannotListen, address_of, listen
from app.server.run import NotStarted, run, serve

__all__ = ["CannotListen", "NotStarted", "address_of", "listen", "run", "serve"]
