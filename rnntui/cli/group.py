"""The group of commands, and what they share: how they refuse, and how they print."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rnntui import __version__
from rnntui.cli.streams import BAD_INPUT, say, standard_streams
from rnntui.text.problems import InputError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


_MOST_PROBLEMS = 50  # that are printed of one file


class OpensByDefault(click.Group):
    """A group whose first argument is a file to open unless it names a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `open` before arguments that start with no command and no option."""
        if not args and ctx.resilient_parsing:  # the shell asks what may come first
            return super().parse_args(ctx, args)
        first = args[0] if args else ""
        is_option = first.startswith("-") and first != "-"  # which is the standard input
        if first not in self.commands and not is_option:
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; an output that cannot be written ends it in good order."""
        with standard_streams():
            return super().main(*args, **kwargs)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands, and files: either may come first."""
        from click.shell_completion import CompletionItem

        commands = super().shell_complete(ctx, incomplete)
        return [*commands, CompletionItem(incomplete, type="file")]


def refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Turn bad input into its message and exit status 2, never a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except InputError as error:
            for problem in error.problems[:_MOST_PROBLEMS]:
                say(str(problem))
            if (more := len(error.problems) - _MOST_PROBLEMS) > 0:
                say(f"and {more:,} more")
            sys.exit(BAD_INPUT)

    return run


@click.group(cls=OpensByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rnntui")
def main() -> None:
    """Step through recurrent computations, forward and back.

    \b
    rnntui                    the gallery of examples
    rnntui FILE               open a sequence file (or a shipped one by name: rnntui lstm-ab)
    rnntui check FILE…        hold files against their worked answers
    rnntui trace FILE         print one iteration, every value and gradient, as JSON
    rnntui explain FILE       the worked solution, as text, Markdown, LaTeX or HTML
    rnntui train FILE         train without the stepper
    rnntui tasks              list what generates sequences; rnntui generate TASK prints some
    """
    # NumPy's matrix products have threads that spin from the moment it is imported; what is
    # multiplied here is too small for them to win that time back
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def deliver(pieces: Iterable[str], output: Path | None) -> None:
    """Print a text piece by piece, or write it to a file, whole or not at all: as UTF-8.

    Raises InputError where the file cannot be written.
    """
    content = (piece.encode("utf-8") for piece in pieces)
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(content)
        sys.stdout.buffer.flush()
        return
    from rnntui.text.files import write_whole

    write_whole(output, content)


def print_json(value: Any, indent: int | None = None) -> None:
    """Print JSON, which is UTF-8 whatever the terminal's encoding is."""
    from rnntui.text.json_output import to_json

    click.echo(to_json(value, indent).encode("utf-8"))
