"""The standard streams, which may be closed, full, or have nobody at their other end."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator

import click

BAD_INPUT = 2

_OUTPUT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""What writing can fail of, through no fault of ours."""


def say(message: str) -> None:
    """A message for people, if they can be reached."""
    with contextlib.suppress(OSError, ValueError):
        click.echo(f"rnntui: {message}", err=True)


@contextlib.contextmanager
def standard_streams() -> Iterator[None]:
    """Open streams for what is done inside, one message where the output cannot be written.

    A stream that was closed gets the null device in its place: else the next file that is opened
    would have its number, and be written to by whoever means the stream.
    """
    was_closed = sys.stdout is None
    _open_closed()
    try:
        if was_closed:
            say("standard output is closed; give it a place, such as > file")
            sys.exit(BAD_INPUT)
        yield
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone; nothing is left to say
        _drop_output()
        sys.exit(0)
    except OSError as error:
        if error.errno not in _OUTPUT or error.filename is not None:
            raise
        _drop_output()
        say(f"the output cannot be written: {error.strerror}")
        sys.exit(BAD_INPUT)


def _open_closed() -> None:
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        null = os.open(os.devnull, os.O_RDWR)
        if null != number:
            os.dup2(null, number)
            os.close(null)
        mode = "r" if number == 0 else "w"
        setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  (the stream from now on)


def _drop_output() -> None:
    """What is still to be written is lost, so that Python does not fail of it when it ends."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
