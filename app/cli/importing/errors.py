"""The rows that were not recorded: one CSV line each, never with what the row holds."""

import csv
import io
from pathlib import Path
from types import TracebackType
from typing import Self

from app.cli.batch import Result

COLUMNS = ("line", "status", "code", "detail")


class ErrorFile:
    """Made when the first error comes. What stands behind `keep_bytes` is from rows that will come again."""

    def __init__(self, path: Path, keep_bytes: int) -> None:
        self._path = path
        self._file = path.open("r+b") if keep_bytes else None
        if self._file is not None:
            self._file.truncate(keep_bytes)
            self._file.seek(keep_bytes)
        else:
            path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, line: int, result: Result) -> None:
        """One row's error."""
        if self._file is None:
            self._file = self._path.open("w+b")
            self._file.write(_csv_line(COLUMNS))
        self._file.write(_csv_line((line, result.status or "", result.code, result.detail)))

    def flush(self) -> int:
        """Everything so far is on its way to the disk; returns the file's size in bytes."""
        if self._file is None:
            return 0
        self._file.flush()
        return self._file.tell()


def errors_path(path: Path) -> Path:
    """Beside the file."""
    return path.with_name(f"{path.name}.errors.csv")


def _csv_line(cells: tuple[object, ...]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()
