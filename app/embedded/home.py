"""Where the embedded database keeps what it downloads and writes."""

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "KICKBACKS_LOCAL_HOME"
_ROOT = Path(__file__).resolve().parents[2]


def project_root() -> Path:
    """The checkout this code runs from, or the current folder when it was installed as a wheel."""
    return _ROOT if (_ROOT / "pyproject.toml").is_file() else Path.cwd()


def default_home(environ: Mapping[str, str]) -> Path:
    """`KICKBACKS_LOCAL_HOME`, else `.local/dynamodb-local` in the project."""
    chosen = environ.get(VARIABLE)
    return Path(chosen).expanduser().resolve() if chosen else project_root() / ".local" / "dynamodb-local"
