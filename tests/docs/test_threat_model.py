"""Every test that docs/threat-model.md names is there, every flow has its threats, and of the image it says what is."""

import re
from pathlib import Path

from tests.docs.test_promises import DEFINED

TEXT = Path("docs/threat-model.md").read_text("utf-8")
NAMED = re.findall(r"`(test_\w+)`", TEXT)
ROWS = [line.split(" | ") for line in TEXT.splitlines() if re.match(r"\| [STRIDE]? ?\| (?!threat )", line)]
DOCKERFILE = Path("docker/Dockerfile").read_text("utf-8")


def test_no_threat_is_without_its_test() -> None:
    assert [name for name in NAMED if name not in DEFINED] == []
    assert [row for row in ROWS if "`test_" not in row[3]] == []
    assert len(NAMED) > 70
    assert len(ROWS) > 50


def test_every_flow_is_looked_at() -> None:
    flows = re.findall(r"^## (\d)", TEXT, re.MULTILINE)
    assert flows == ["0", "2", "3", "4", "5", "6", "7", "8"]
    kinds = {row[0].strip("| ") for row in ROWS}
    assert kinds >= set("STRIDE")


def test_security_md_points_to_what_is_there() -> None:
    text = Path("SECURITY.md").read_text("utf-8")
    for target in [*re.findall(r"\]\((\S+?)\)", text), *re.findall(r"`((?:app|supply_chain|docs)/\S+?)`", text)]:
        assert Path(target).exists(), target


def test_the_builder_is_given_no_more_than_it_needs() -> None:
    lines = Path(".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules == ["*", "!app", "!requirements/runtime.txt", "!docker/gather.sh", "**/__pycache__"]


def test_the_image_is_made_of_what_was_gathered() -> None:
    """What is in it, docker/test.sh looks at."""
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert last.startswith("scratch\n")
    assert "RUN" not in re.findall(r"^[A-Z]+", last, re.MULTILINE), "there is no shell to run it"
    assert re.findall(r"^(?:COPY|USER).*", last, re.MULTILINE) == ["COPY --from=root /root-fs /", "USER 10001:10001"]
    assert re.search(r"^CMD \[", last, re.MULTILINE), "without a shell"
    compose = Path("docker-compose.yml").read_text("utf-8")
    for confined in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'):
        assert confined in compose
