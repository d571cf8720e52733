"""The list of what the image is made of."""

import json
import re
import stat
from pathlib import Path

import pytest

from supply_chain import sbom
from supply_chain.lock import LOCK, of_the_image, pinned

TOOL = Path(".local/audit/bin/cyclonedx-py")
SMALL = """\
one==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via two
Two.x==2.5 ; python_full_version >= '3.11' \\
    --hash=sha256:ba
    # via
    #   one
elsewhere==3 ; sys_platform == 'win32' \\
    --hash=sha256:ca
"""


def test_the_lock_is_read_as_it_is() -> None:
    assert pinned(SMALL) == {"one": "1.0", "two-x": "2.5"}
    assert pinned(of_the_image(SMALL)) == pinned(SMALL)
    assert re.findall(r"sha256:(\w+)", of_the_image(SMALL)) == ["aa", "ab", "ba"]
    with pytest.raises(ValueError, match="loose is not pinned"):
        pinned("loose>=1\n")


def test_everything_that_runs_is_pinned_with_hashes() -> None:
    lock = LOCK.read_text("utf-8")
    names = set(re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE))
    assert names - {name for name in names if name in pinned(lock)} == {"colorama"}, "only for Windows"
    for lines in re.split(r"\n(?=[A-Za-z])", of_the_image(lock)):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", lines), lines.partition("\n")[0]


@pytest.mark.skipif(not TOOL.exists(), reason="`make sbom` installs the tool")
def test_the_list_names_exactly_what_the_lock_pins(tmp_path: Path) -> None:
    target = tmp_path / "new" / "sbom.cdx.json"
    assert sbom.main(str(TOOL), str(target)) == 0
    made = json.loads(target.read_text("utf-8"))
    assert made["bomFormat"] == "CycloneDX"
    assert sbom.listed(made) == pinned(LOCK.read_text("utf-8"))
    assert all(one["purl"] == f"pkg:pypi/{one['name'].lower()}@{one['version']}" for one in made["components"])


@pytest.mark.parametrize("change", ["less", "more", "other", "twice", "none"])
def test_another_list_is_refused(tmp_path: Path, change: str) -> None:
    components = [{"name": name, "version": version} for name, version in pinned(LOCK.read_text("utf-8")).items()]
    match change:
        case "less":
            components.pop()
        case "more":
            components.append({"name": "stowaway", "version": "1"})
        case "other":
            components[3]["version"] += ".1"
        case "twice":
            components.append(components[0])
    tool = tmp_path / "tool"
    (tmp_path / "out").write_text(json.dumps({"components": components}), encoding="utf-8")
    tool.write_text(f"#!/bin/sh\ncat >/dev/null\ncat {tmp_path / 'out'}\n", encoding="utf-8")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    target = tmp_path / "sbom.json"
    assert sbom.main(str(tool), str(target)) == (0 if change == "none" else 1)
    assert target.exists() == (change == "none")
