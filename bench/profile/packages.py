"""Which part of the service a function belongs to."""

import re
from enum import StrEnum
from functools import cache

Function = tuple[str, int, str]
"""File, line and name, as the profiler has them; the file of what is written in C is `~`."""


class Part(StrEnum):
    """What CPU time is spent on."""

    SERVER = "uvicorn, event loop, sockets"
    FRAMEWORK = "FastAPI, Starlette, pydantic"
    API = "app/api"
    USE_CASES = "app/commands, queries, domain"
    STORE = "app/store"
    SDK = "SDK (botocore, aiobotocore)"
    HTTP = "aiohttp"
    MSGSPEC = "msgspec"
    LOGS = "logging, metrics"
    OTHER = "other"


_OURS = (
    (Part.LOGS, ("app/logs", "app/telemetry", "app/api/request_log")),
    (Part.API, ("app/api/",)),
    (Part.STORE, ("app/store/",)),
    (Part.SERVER, ("app/server/",)),
    (Part.USE_CASES, ("app/",)),
)
_LIBRARIES = {
    Part.SERVER: ("uvicorn", "uvloop", "httptools", "asyncio", "_asyncio"),
    Part.FRAMEWORK: ("fastapi", "starlette", "pydantic", "pydantic_core", "pydantic_settings", "anyio"),
    Part.SDK: ("botocore", "aiobotocore", "boto3", "aioboto3", "urllib3", "dateutil", "wrapt", "jmespath"),
    Part.HTTP: ("aiohttp", "yarl", "multidict", "propcache", "frozenlist", "aiosignal"),
    Part.MSGSPEC: ("msgspec",),
    Part.LOGS: ("structlog", "logging", "prometheus_client"),
}
_PART_OF = {library: part for part, libraries in _LIBRARIES.items() for library in libraries}
_WORD = re.compile(r"[A-Za-z_0-9]+")
_LIBRARY = re.compile(r".*/(?:site-packages|python3\.[0-9]+(?:/lib-dynload)?)/([A-Za-z_0-9]+)")


@cache
def part_of(function: Function) -> Part | None:
    """None for what works for whoever calls it: the standard library, and what is built in."""
    file, _, name = function
    if file == "~":
        # "<method 'decode' of 'msgspec.json.Decoder' objects>", "<built-in method msgspec._core.encode>"
        return next((_PART_OF[word] for word in _WORD.findall(name) if word in _PART_OF), None)
    library = _LIBRARY.match(file)
    if library is not None:
        return _PART_OF.get(library[1], Part.OTHER if "/site-packages/" in file else None)
    place = file.rpartition("/app/")
    if not place[1]:
        return Part.OTHER
    return next(part for part, starts in _OURS if f"app/{place[2]}".startswith(starts))
