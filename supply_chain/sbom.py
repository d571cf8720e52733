"""`make sbom`: writes which packages the image is made of, as CycloneDX, with the hashes of the lock.

    python -m supply_chain.sbom path/to/cyclonedx-py dist/sbom.cdx.json

It is of the Python packages. Those of Debian that are in the image say so themselves, in /var/lib/dpkg/status.d.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from supply_chain.lock import LOCK, of_the_image, pinned

_SECONDS = 300


def made(tool: str, lock: str) -> bytes:
    """The list as the tool writes it. Raises CalledProcessError, TimeoutExpired."""
    command = [tool, "requirements", "--output-reproducible", "--of", "JSON", "-o", "-", "-"]
    given = of_the_image(lock).encode()
    done = subprocess.run(command, input=given, capture_output=True, check=True, timeout=_SECONDS)  # noqa: S603 - fixed command
    return done.stdout


def listed(sbom: Mapping[str, Any]) -> dict[str, str]:
    """Versions by canonical name."""
    return {canonicalize_name(one["name"]): one.get("version", "") for one in sbom["components"]}


def main(tool: str, target: str) -> int:
    """Writes the file, if it names exactly what the lock pins. The exit code."""
    lock = LOCK.read_text("utf-8")
    written = made(tool, lock)
    sbom = json.loads(written)
    if listed(sbom) != pinned(lock) or len(sbom["components"]) != len(pinned(lock)):
        print("The list is not what the lock pins.", file=sys.stderr)
        return 1
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written)
    print(f"{target}: {len(sbom['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
