"""The line that tells how training gets on: rate, time left, what computes it, the history's size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from rnntui.tui.drawing.cached_lines import CachedLines

if TYPE_CHECKING:
    from rnntui.session.run_progress import RunProgress


class RunLine(CachedLines):
    """One line below the panels; parts are left out whole where it is narrow."""

    DEFAULT_CSS = """
    RunLine { height: 1; background: $panel; color: $text; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []

    def show(self, progress: RunProgress) -> None:
        """Show how far training is."""
        self._tell(_parts(progress))

    def tell(self, message: str) -> None:
        """Show a message in its place."""
        self._tell([message])

    def _tell(self, parts: list[str]) -> None:
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def render(self) -> Text:
        """As many parts as fit, the first ones first."""
        line = ""
        for part in self._parts:
            longer = f"{line}  ·  {part}" if line else part
            if len(longer) > self.size.width:
                break
            line = longer
        return Text(line, no_wrap=True)


def _parts(progress: RunProgress) -> list[str]:
    sign = "▶ training" if progress.running else "‖ paused"
    of = f" of {progress.until:,}" if progress.until is not None and progress.running else ""
    parts = [f"{sign}  iteration {progress.newest:,}{of}"]
    if progress.running:
        parts.append(f"{progress.rate:,.0f}/s" if progress.rate else "starting …")
        if progress.seconds_left is not None:
            parts.append(f"{_duration(progress.seconds_left)} left")
    history = f"{_size(progress.bytes)} of {_size(progress.memory)}"
    parts += [f"history {history}", progress.engine]
    return parts


def _duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3:05`, `2:03:05`."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _size(count: int) -> str:
    """`312 kB`, `64 MB`; in units of 1,024, as memory is counted."""
    if count < 2**20:
        return f"{max(round(count / 2**10), 1)} kB"
    megabytes = count / 2**20
    return f"{megabytes:.1f} MB" if megabytes < 10 else f"{megabytes:.0f} MB"
