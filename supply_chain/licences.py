"""Under which licences the packages of the image come, as they say themselves, and which are welcome."""

import re
from collections.abc import Iterable
from importlib.metadata import PackageMetadata, metadata

ALLOWED = frozenset({"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"})
"""MPL-2.0 is certifi's, a list of certificates that is used as it is."""

# How packages without an SPDX expression call these.
_SPELLINGS = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    # One may choose.
    "MIT OR AFL-2.1": "MIT",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_CLASSIFIER = "License :: OSI Approved :: "


def licences_of(name: str) -> frozenset[str]:
    """SPDX ids of an installed package, all of those that it names; empty where it names none. Raises
    PackageNotFoundError."""
    return licences_in(metadata(name))


def licences_in(told: PackageMetadata) -> frozenset[str]:
    """The expression if there is one; else the classifiers; else the short text."""
    expressions = told.get_all("License-Expression")
    if expressions:
        return frozenset(re.findall(r"[A-Za-z0-9.+-]+", expressions[0])) - {"AND", "OR", "WITH"}
    classified = [
        one.removeprefix(_CLASSIFIER) for one in told.get_all("Classifier") or () if one.startswith(_CLASSIFIER)
    ]
    return frozenset(_SPELLINGS.get(one, one) for one in classified or told.get_all("License") or () if one)


def unwelcome(names: Iterable[str]) -> list[str]:
    """Those that name no licence, or one that is not allowed. Where one may choose, all are to be allowed: it is so
    for everything here, and simpler."""
    return [
        f"{name}: {', '.join(sorted(found)) or 'none'}"
        for name in names
        if not (found := licences_of(name)) or not found <= ALLOWED
    ]
