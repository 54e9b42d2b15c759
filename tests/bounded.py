"""Commands run in a process of their own, whose memory is measured and bounded."""

from __future__ import annotations

import os
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


def run_bounded(
    *arguments: str, stdin: BinaryIO | int = subprocess.DEVNULL, seconds: float = 120
) -> Ended:
    """Run `rnntui` with these arguments, and see that it was within bounds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rnntui.cli", *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_guarded,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    errors: list[bytes] = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    output = process.stdout.read()
    reader.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    timer.cancel()
    process.stdout.close()
    process.stderr.close()
    said = errors[0].decode()
    assert process.returncode != -9, "it took too long"
    assert "Traceback" not in said, said
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    assert memory < MOST, f"{memory:,} bytes"
    return Ended(process.returncode, output.decode(), said, memory)


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
