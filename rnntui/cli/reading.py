"""Reading what a command is given: a sequence file, or data in another format with a model by options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rnntui.cli.signals import signals_raised
from rnntui.data.formats.names import KINDS, TARGETS
from rnntui.data.shipped import find_file
from rnntui.models.names import model_names

if TYPE_CHECKING:
    from rnntui.data.formats.source import ReportProgress
    from rnntui.data.sequence_file import SequenceFile

_LARGE = 1 << 22  # bytes from which reading shows its progress

_OPTIONS = (
    click.option("--model", type=click.Choice(model_names()), help="For data without a model."),
    click.option("--hidden", type=click.IntRange(1), help="Hidden units; 4."),
    click.option("--target", type=click.Choice(TARGETS), help="What to predict."),
    click.option("--window", type=click.IntRange(1), help="Cut sequences into so many timesteps."),
    click.option("--input-format", "kind", type=click.Choice(KINDS), help="Of FILE, if not told."),
    click.option("--symbols", is_flag=True, help="Columns of symbols, even if they are digits."),
    click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="KEY=VALUE",
        help="Another value of the file, such as training.learning_rate=0.05.",
    ),
)


@dataclass(frozen=True)
class Reading:
    """What a command is given to read, and how; called, it reads."""

    file: str | None
    options: Mapping[str, Any]
    kind: str
    symbols: bool
    overrides: tuple[str, ...]

    def __call__(self, more: tuple[str, ...] = ()) -> SequenceFile | None:
        """The file, with more keys set; None where no file was named. Raises InputError.

        A large file shows its progress on standard error.
        """
        if self.file is None:
            return None
        if not self._large:
            return self.read({}, None, more)
        from rnntui.tui.read_progress import reading

        with signals_raised(), reading(str(self.path)) as progress:
            return self.read({}, progress, more)

    def read(
        self, chosen: Mapping[str, Any], progress: ReportProgress | None, more: tuple[str, ...] = ()
    ) -> SequenceFile:
        """The file with `model`, `hidden` or other options chosen since. Raises InputError."""
        from rnntui.data.formats.opening import open_sequences
        from rnntui.data.formats.options import ModelOptions

        given = {**self.options, **chosen}
        options = ModelOptions(**given) if given else None
        overrides = (*self.overrides, *more)
        return open_sequences(self.path, options, progress, self.kind, self.symbols, overrides)

    @property
    def path(self) -> str | Path:
        """Where the file is; `-` is the standard input. Raises InputError where there is none."""
        return "-" if self.file == "-" else find_file(str(self.file))

    @property
    def lacks_model(self) -> bool:
        """Whether this is data alone, and no model has been named for it."""
        named = self.file is not None and self.file != "-" and "model" not in self.options
        return named and Path(self.path).suffix not in ("", ".toml")

    @property
    def _large(self) -> bool:
        path = self.path
        return isinstance(path, Path) and path.is_file() and path.stat().st_size > _LARGE


def reads_sequences(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its FILE and the options of reading it; it gets `read`, which reads."""

    @wraps(command)
    def run(
        *,
        file: str | None,
        model: str | None,
        hidden: int | None,
        target: str | None,
        window: int | None,
        kind: str | None,
        symbols: bool,
        overrides: tuple[str, ...],
        **others: Any,
    ) -> None:
        given: dict[str, Any] = {
            "model": model,
            "hidden": hidden,
            "target": target,
            "window": window,
        }
        given = {key: value for key, value in given.items() if value is not None}
        read = Reading(file, given, kind or "", symbols, overrides)
        command(read=read, **others)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run
