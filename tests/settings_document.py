"""docs/settings.md as the code makes it. `python -m tests.settings_document` prints it."""

from pydantic.fields import FieldInfo

from app.settings import Settings

_HEAD = """# Settings

Environment variables, read once at start. A wrong one stops the service with exit code 78 and a line that names it.
The SDK reads its own: `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_DEFAULT_REGION`, credentials.

| variable | default | meaning |
|---|---|---|
"""


def settings_markdown() -> str:
    """One row for each setting."""
    return _HEAD + "".join(_row(name, info) for name, info in Settings.model_fields.items())


def _row(name: str, info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=True)
    default = "" if value in (None, "") or "Secret" in type(value).__name__ else f"`{value}`"
    return f"| `{name.upper()}` | {default} | {' '.join((info.description or '').split())} |\n"


if __name__ == "__main__":
    print(settings_markdown(), end="")
