"""A program in a terminal of its own, in the foreground of a session as a shell would have it.

Run as `python -m tests.campaigns.job PIPE COMMAND…`, as the leader of the session, this is that shell:
it starts the command in a process group of its own, and when it is stopped brings it back to the
foreground a moment later. To the pipe it writes a line for each thing that happens to the program:
`pid N`, `stopped RAW`, `ended STATUS` (128 + n of a signal), `left` where processes of it remain.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from pathlib import Path

_BACK = 0.05  # seconds after which a stopped program is brought back


def main(pipe: int, command: list[str]) -> None:
    """Be the shell of one command."""
    modes = termios.tcgetattr(0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # else giving the terminal away would stop us
    for number in (signal.SIGTSTP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    process = os.fork()
    if not process:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        for number in (signal.SIGTTOU, signal.SIGTSTP, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        os.close(pipe)
        os.execvp(command[0], command)
    tell(pipe, f"pid {process}")
    while True:
        _, status = os.waitpid(process, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        own = termios.tcgetattr(0)
        tell(pipe, f"stopped {int(own[3] != modes[3])}")
        os.tcsetpgrp(0, os.getpgrp())
        time.sleep(_BACK)
        os.tcsetpgrp(0, process)
        termios.tcsetattr(0, termios.TCSADRAIN, own)
        os.killpg(process, signal.SIGCONT)
    tell(
        pipe,
        f"ended {128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)}",
    )
    if remain(process):
        tell(pipe, "left")


def remain(group: int) -> bool:
    """Whether any process of a group still runs after a moment."""
    for _ in range(20):
        if not any(runs(group, process) for process in Path("/proc").glob("[0-9]*/stat")):
            return False
        time.sleep(0.05)
    return True


def runs(group: int, process: Path) -> bool:
    """Whether a process belongs to a group, and has not ended."""
    try:
        state, _, of, *_ = process.read_text().rpartition(")")[2].split()
    except (OSError, ValueError):  # it has ended by now
        return False
    return int(of) == group and state not in "ZX"


def tell(pipe: int, line: str) -> None:
    """Write a line for whoever started the shell."""
    os.write(pipe, f"{line}\n".encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
