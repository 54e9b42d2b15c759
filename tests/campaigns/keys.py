"""Random keys, pastes, mouse reports, sizes and signals in a pseudo-terminal, over shipped files.

    python -m tests.campaigns.keys --runs 20 --keys 3000 --seed 7
    python -m tests.campaigns.keys --seed 7 --only 3

After each few hundred strokes the program must still answer; at the end it must quit in time with
status 0 and leave the terminal as it was. What fails is played again with fewer and fewer strokes.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .shortening import shortened
from .strokes import Stroke, strokes
from .terminal import Terminal

_PATIENCE = 6.0  # seconds for an answer and for the end, where a processor is free
_EACH = 300  # strokes after which it must answer
_ERROR = re.compile(r"(?:╯|^)\s*([A-Z]\w+)(?::|\s*$)", re.MULTILINE)
_FRAME = re.compile(r"([\w.]+\.py)[\"']?(?::|, line )\d+,? in (\w+)")
_PALETTE = b"Search for commands"


def patience() -> float:
    """Seconds to wait for an answer, or for the end: longer where other programs have the machine."""
    return _PATIENCE * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@dataclass(frozen=True)
class Failure:
    """What was not to be. detail: the end of what was on the screen."""

    kind: str
    detail: str = ""


class Player:
    """Plays strokes to a program with one file.

    part: the strokes that the last program got. slowest, to_quit: the longest that one took to answer,
    and to end, in seconds.
    """

    def __init__(self, file: str, cache: str) -> None:
        self.command = [sys.executable, "-m", "rnntui.cli", *([file] if file else ["open"])]
        self.environment = {"XDG_CACHE_HOME": cache, "XDG_STATE_HOME": cache}
        self.slowest = self.to_quit = 0.0
        self.part = slice(0, 0)

    def play(self, played: Sequence[Stroke]) -> Failure | None:
        """Play them, in as many programs as it takes: the palette has a command that quits."""
        at = 0
        while at < len(played) or not at:
            with Terminal(self.command, (100, 30), self.environment) as terminal:
                if not self._starts(terminal):
                    return _ended(terminal) or Failure("does not start", terminal.text()[-500:])
                count, failure = self._played(terminal, played[at:])
                self.part = slice(at, at + count)
                failure = failure or self._quit(terminal)
                if failure is not None:
                    return failure
                at += max(count, 1)
        return None

    def _starts(self, terminal: Terminal) -> bool:
        end = time.monotonic() + patience()
        while len(terminal.output) < 1500 and time.monotonic() < end and not terminal.has_ended:
            terminal.read(0.02)
        return len(terminal.output) >= 1500 and not terminal.has_ended

    def _played(self, terminal: Terminal, played: Sequence[Stroke]) -> tuple[int, Failure | None]:
        """How many were played before the program ended, if it did."""
        at = since = 0
        while at < len(played) and not terminal.has_ended:
            stroke = played[at]
            together = [stroke]  # keys without a pause between them are written at once
            while (
                (last := together[-1]).keys and not last.pause and at + len(together) < len(played)
            ):
                if not (following := played[at + len(together)]).keys:
                    break
                together.append(following)
            if stroke.keys:
                written = b"".join(each.keys for each in together)
                if not terminal.write(written, patience()):
                    return at + len(together), Failure("keys are not taken", terminal.text()[-500:])
            elif stroke.size:
                terminal.resize(stroke.size)
            elif stroke.signal == signal.SIGTSTP:
                terminal.stop(patience())
            else:
                terminal.send(stroke.signal)
            terminal.read(together[-1].pause)
            at += len(together)
            since += len(together)
            if since >= _EACH:
                since = 0
                if (failure := self._asked(terminal)) is not None:
                    return at, failure
        return at, None

    def _asked(self, terminal: Terminal) -> Failure | None:
        """Open the command palette, which every screen has, and close it again."""
        terminal.resize((100, 30))
        for _ in range(2):
            started = time.monotonic()
            terminal.write(b"\x10", patience())
            if terminal.wait_for(_PALETTE, patience()):
                break
            terminal.write(b"\x1b", patience())  # it was open
            terminal.read(0.5)
        else:
            if not terminal.has_ended:
                return Failure("does not answer", terminal.text()[-500:])
        self.slowest = max(self.slowest, time.monotonic() - started)
        terminal.write(b"\x1b", patience())
        terminal.read(0.3)
        return None

    def _quit(self, terminal: Terminal) -> Failure | None:
        """Quit, unless it has already; what is wrong with how it ended."""
        started = time.monotonic()
        terminal.write(b"\x11", patience())
        if not terminal.finish(patience()):
            return Failure("does not quit", terminal.text()[-500:])
        self.to_quit = max(self.to_quit, time.monotonic() - started)
        return _ended(terminal)


def _ended(terminal: Terminal) -> Failure | None:
    """What is wrong with how a program ended."""
    terminal.read(0.1)
    text = terminal.text()
    found = text.rfind("Traceback")
    if found >= 0:
        frames = _FRAME.findall(text[found:])
        errors = _ERROR.findall(text[max(text.rfind("╯"), found) :]) or ["unknown"]
        where = f" in {frames[-1][0]} {frames[-1][1]}" if frames else ""
        through = " > ".join(f"{file} {function}" for file, function in frames)
        return Failure(f"traceback: {errors[0]}{where}", f"{text[found:][-2000:]}\n{through}")
    if terminal.has_ended and terminal.status != 0:
        return Failure(f"status {terminal.status}", text[-500:])
    if left := terminal.left_on():
        return Failure(f"leaves {', '.join(left)}", repr(terminal.output[-600:]))
    if terminal.complaints:
        return Failure(terminal.complaints[0])
    return None


def short(
    player: Player, played: Sequence[Stroke], failure: Failure, seconds: float
) -> list[Stroke]:
    """As few strokes as show the same failure in one of two tries; `played` are the last program's."""

    def fails(part: list[Stroke]) -> bool:
        for _ in range(2):
            found = player.play(part)
            if found is not None and found.kind == failure.kind:
                return True
        return False

    return shortened(list(played), fails, 400, seconds)


def described(file: str, played: Sequence[Stroke], failure: Failure) -> Iterator[str]:
    """The command and what was done; what is in one pair of quotes was written at once."""
    yield f"    rnntui {file}"
    parts, keys = [], b""
    for stroke in played:
        keys += stroke.keys
        if not stroke.keys or stroke.pause:
            parts += [repr(keys)[1:]] if keys else []
            parts += [] if stroke.keys else [str(Stroke(size=stroke.size, signal=stroke.signal))]
            parts += [f"{stroke.pause:.3f}s"] if stroke.pause else []
            keys = b""
    parts += [repr(keys)[1:]] if keys else []
    yield f"    {' '.join(parts)}"
    yield from (
        f"    | {line.rstrip()}" for line in failure.detail.splitlines()[-12:] if line.strip()
    )


def main() -> int:
    """Run it by hand."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keys", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="this run alone")
    parser.add_argument("--shorten", type=float, default=300, metavar="SECONDS", help="0: do not")
    given = parser.parse_args()
    runs = range(given.first, given.first + given.runs) if given.only is None else [given.only]
    failures: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as cache:
        for run in runs:
            file, played = strokes(given.seed, run, given.keys)
            player = Player(file, cache)
            started = time.monotonic()
            failure = player.play(played)
            passed = time.monotonic() - started
            said = failure.kind if failure else "well"
            times = f"{passed:.0f} s, answers within {player.slowest:.2f} s, quits in {player.to_quit:.2f} s"
            print(f"run {run} ({file or 'the gallery'}): {said}; {times}", flush=True)
            if failure is not None:
                failures[failure.kind] = failures.get(failure.kind, 0) + 1
                if failures[failure.kind] == 1 and given.shorten:
                    played = short(player, played[player.part], failure, given.shorten)
                    failure = player.play(played) or failure
                    print(*described(file, played, failure), sep="\n", flush=True)
    print(f"{len(runs)} runs, {sum(failures.values())} failed:", failures or "none")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
