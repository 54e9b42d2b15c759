"""Commands run in a process of their own, whose memory is measured and bounded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import BinaryIO

if sys.platform != "win32":
    import resource

MOST = 1_000_000_000  # bytes of memory that any command may take
_ADDRESSES = (
    6_000_000_000  # more than that is taken by a command that is not bounded: it is stopped
)


@dataclass(frozen=True)
class Ended:
    """How a command ended. memory: in bytes, the most it took at any time."""

    status: int
    output: str
    errors: str
    memory: int


# The most that a process took begins, for Linux, with what the one took that started it: a worker that
# has run a thousand tests. So a small process starts the command, and tells its status and its most.
_MEASURING = """
import os, sys
command = [sys.executable, "-m", "rnntui.cli", *sys.argv[2:]]
_, status, usage = os.wait4(os.posix_spawn(command[0], command, os.environ), 0)
os.write(int(sys.argv[1]), f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}".encode())
"""


def run_bounded(
    *arguments: str, stdin: BinaryIO | int = subprocess.DEVNULL, seconds: float = 120
) -> Ended:
    """Run `rnntui` with these arguments, and see that it was within bounds."""
    told, tells = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", _MEASURING, str(tells), *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(tells,),
        start_new_session=True,
        preexec_fn=_guarded,
    )
    os.close(tells)
    timer = threading.Timer(seconds, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    output, errors = process.communicate()
    timer.cancel()
    with os.fdopen(told) as measured:
        words = measured.read().split()
    assert words, "it took too long"
    status, most = map(int, words)
    said = errors.decode()
    assert "Traceback" not in said, said
    memory = most * (1 if sys.platform == "darwin" else 1024)
    assert memory < MOST, f"{memory:,} bytes"
    return Ended(status, output.decode(), said, memory)


def refused(*arguments: str, stdin: BinaryIO | int = subprocess.DEVNULL) -> str:
    """The one message by which a command refuses what it is given."""
    ended = run_bounded(*arguments, stdin=stdin)
    assert (ended.status, ended.output) == (2, ""), ended.errors
    lines = [line for line in ended.errors.splitlines() if line.startswith("rnntui: ")]
    assert len(lines) == 1, ended.errors
    return lines[0].removeprefix("rnntui: ")


def _guarded() -> None:
    if sys.platform == "linux":  # macOS counts addresses that nobody uses
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
