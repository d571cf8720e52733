"""The progress bar of an import: the share of the file, rows a second, time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from app.cli.importing.state import State
from app.cli.output import err


@contextmanager
def progress_bar(size_bytes: int, begun: State, clock: Callable[[], float]) -> Iterator[Callable[[State, int], None]]:
    """Yields what is called after each chunk. Nothing is drawn where nobody looks."""
    started = clock()
    bar = Progress(
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TextColumn("{task.fields[rate]:,.0f} rows/s"),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=size_bytes, rows=begun.rows, rate=0.0)

        def settled(state: State, position_bytes: int) -> None:
            rate = (state.rows - begun.rows) / max(clock() - started, 1e-9)
            bar.update(task, completed=position_bytes, rows=state.rows, rate=rate)

        yield settled
