"""A program in a pseudo-terminal: type keys, read what it writes, see how it leaves the terminal."""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Sequence

import pytest

try:
    import fcntl
    import pty
    import termios

    HAS_TERMINALS = True
except ImportError:
    HAS_TERMINALS = False

RNNTUI = [sys.executable, "-m", "rnntui.cli"]
PATIENCE = 20.0  # seconds, on a busy machine

in_a_terminal = pytest.mark.skipif(
    not HAS_TERMINALS, reason="pseudo-terminals are made by Unix; this system has none"
)


class PseudoTerminal:
    """Runs a command with a terminal of its own. Use it in a `with`."""

    def __init__(self, command: Sequence[str], size: tuple[int, int] = (80, 24)) -> None:
        self.master, slave = pty.openpty()
        self._resize(size)
        self.modes = termios.tcgetattr(slave)
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            close_fds=True,
        )
        self._slave = slave  # kept open, so that the modes can be read when the program has gone
        self.output = b""
        self._seen = 0  # how far `wait_for` has come

    def __enter__(self) -> PseudoTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self._slave)

    def _resize(self, size: tuple[int, int]) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def resize(self, width: int, height: int) -> None:
        """Another size, announced as a terminal does."""
        self._resize((width, height))
        self.process.send_signal(signal.SIGWINCH)

    def read(self, seconds: float) -> bytes:
        """What is written within some time, or until nothing more can come."""
        end, found = time.monotonic() + seconds, b""
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], min(left, 0.05))
            if ready:
                found += os.read(self.master, 65536)
            elif self.process.poll() is not None:
                break
        self.output += found
        return found

    def wait_for(self, text: str) -> None:
        """Read until some text appears after the last one waited for."""
        end = time.monotonic() + PATIENCE
        while (at := self.output.find(text.encode(), self._seen)) < 0:
            tail = self.output[-2000:]
            assert time.monotonic() < end, f"no {text!r} in {tail!r}"
            assert self.read(0.05) or self.process.poll() is None, f"it ended: {tail!r}"
        self._seen = at + len(text.encode())

    def type(self, keys: str) -> None:
        """Type some characters, or the sequences that a terminal sends for other keys."""
        os.write(self.master, keys.encode())

    def finish(self) -> int:
        """The exit status, once the program has ended by itself."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, "it does not end"
            self.read(0.05)
        self.read(0.1)
        return self.process.returncode

    def modes_now(self) -> list[object]:
        """Echo, line mode and so on, as termios has them."""
        return termios.tcgetattr(self._slave)
