"""Reading what a command is given: a sequence file, or data in another format with a model by options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from rnntui.data.formats.kinds import KINDS
from rnntui.data.formats.opening import open_sequences
from rnntui.data.formats.options import TARGETS, ModelOptions
from rnntui.data.sequence_file import SequenceFile
from rnntui.data.shipped import find_file
from rnntui.models.library import model_names

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
        """The file, with more keys set; None where no file was named. Raises InputError."""
        return self.with_model({}, more)

    def with_model(
        self, chosen: Mapping[str, Any], more: tuple[str, ...] = ()
    ) -> SequenceFile | None:
        """The same with `model`, `hidden` or other options chosen since."""
        if self.file is None:
            return None
        given = {**self.options, **chosen}
        options = ModelOptions(**given) if given else None
        return _read(self.file, options, self.kind, self.symbols, (*self.overrides, *more))

    @property
    def lacks_model(self) -> bool:
        """Whether this is data alone, and no model has been named for it."""
        named = self.file is not None and self.file != "-" and "model" not in self.options
        return named and find_file(str(self.file)).suffix not in ("", ".toml")


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


def _read(
    file: str,
    options: ModelOptions | None,
    kind: str,
    symbols: bool,
    overrides: tuple[str, ...],
) -> SequenceFile:
    path: str | Path = file if file == "-" else find_file(file)
    large = isinstance(path, Path) and path.is_file() and path.stat().st_size > _LARGE
    if not large:
        return open_sequences(path, options, None, kind, symbols, overrides)
    from rnntui.tui.read_progress import reading

    with reading(str(path)) as progress:
        return open_sequences(path, options, progress, kind, symbols, overrides)
