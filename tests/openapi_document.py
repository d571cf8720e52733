"""openapi.yaml as the code makes it. `python -m tests.openapi_document` prints it."""

import yaml

from app.bootstrap import create_app
from app.settings import Environment, Settings


def openapi_yaml() -> str:
    """The committed form of the application's own description."""
    document = create_app(Settings(environment=Environment.LOCAL)).openapi()
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    print(openapi_yaml(), end="")
