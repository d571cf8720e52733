"""Where the service runs, which decides many defaults."""

from enum import StrEnum


class Environment(StrEnum):
    """`local` creates its tables and runs open; `production` does neither."""

    LOCAL = "local"
    PRODUCTION = "production"
