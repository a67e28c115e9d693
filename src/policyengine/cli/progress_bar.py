"""A bar on the error stream: how far a long command is, how fast, and how long it will take."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policyengine.app.replay.intake import Progress


@contextmanager
def progress_bar(*, is_drawn: bool) -> Iterator["Progress"]:
    """Draw what is done: the phase, a bar, rows a second and the time that is left."""
    if not is_drawn:
        yield lambda _phase, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:>10}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TextColumn("{task.fields[pace]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as drawn:
        tasks = {}

        def tell(phase: str, done: int, total: int | None) -> None:
            if phase not in tasks:
                tasks[phase] = drawn.add_task(phase, total=total, pace="")
            task = drawn.tasks[tasks[phase]]
            pace = "" if task.speed is None else f"{task.speed:,.0f}/s"
            drawn.update(tasks[phase], completed=done, total=total, pace=pace)

        yield tell
