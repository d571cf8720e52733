"""The lock file, as far as it is about the image."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path("requirements/runtime.txt")
# The lock is for every platform; the image is CPython on Linux.
_IMAGE = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_version": "3.13",
    "python_full_version": "3.13.0",
    "sys_platform": "linux",
}
_ENTRY = re.compile(r"^(?=[A-Za-z0-9])[^\n]*(?:\n[ \t]+--hash=[^\n]*)*", re.MULTILINE)


def entries(lock: str) -> Iterator[tuple[Requirement, str]]:
    """Each requirement that the image has, and its lines with their hashes."""
    for found in _ENTRY.finditer(lock):
        requirement = Requirement(found[0].partition("\\")[0])
        if requirement.marker is None or requirement.marker.evaluate(_IMAGE):
            yield requirement, found[0].rstrip("\\ \n") + "\n"


def pinned(lock: str) -> Mapping[str, str]:
    """Versions by canonical name. Raises ValueError for what is not pinned to one version."""
    versions: dict[str, str] = {}
    for requirement, _ in entries(lock):
        pins = [one.version for one in requirement.specifier if one.operator == "=="]
        if len(pins) != 1 or len(requirement.specifier) != 1:
            raise ValueError(f"{requirement.name} is not pinned")
        versions[canonicalize_name(requirement.name)] = pins[0]
    return versions


def of_the_image(lock: str) -> str:
    """A requirements file of what the image has, hashes included."""
    return "".join(lines for _, lines in entries(lock))
