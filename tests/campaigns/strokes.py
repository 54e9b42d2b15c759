"""What is done to a terminal: keys, pastes, the mouse, sizes and signals, drawn from a seed."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from random import Random

FILES = (
    "lstm-ab", "lstm-homework", "carousel", "reber", "binary-addition", "embedded-reber", "anbn",
    "checkerboard", "adam-by-hand", "vanishing-gradient", "",
)  # fmt: skip
_COMMON = (
    b".", b",", b"\x1b[C", b"\x1b[D", b"\x1b[A", b"\x1b[B", b"\r", b"\r", b"\x7f", b" ", b":", b"\t",
    b"\x1b[Z", b"f", b"?", b"t", b"r", b"h", b"j", b"k", b"l", b"\x1b[5~", b"\x1b[6~", b"\x1b[H", b"\x1b[F",
    b"\x1b[1;5C", b"\x1b[1;5D", b"\x1b[1;2C", b"\x1b[1;2D", b"\x1b", b"\x10", b"0", b"1", b"7", b"+", b"-",
)  # fmt: skip
_RARE = (
    b"\x1bOP", b"\x1b[15~", b"\x1b[24~", b"\x1b[3~", b"\x1b[2~", b"\x1b[1;3A", b"\x1b[1;6B", b"\x1ba",
    b"\x1b\r", b"\x01", b"\x05", b"\x0b", b"\x0c", b"\x12", b"\x15", b"\x16", b"\x17", b"\x1f", b"\x00",
    b"\x1b[200~\r\x1b[201~", b"\x1b[201~", b"\x1b[", b"\x1b[I", b"\x1b[O", b"\x1b[99;99R", b"\x1b[?1;2c",
    b"\x1b[27;5;13~", b"\x1b[57441u", b"\x1b[97;5u", b"\xff", b"\xc3", b"\x9b", b"\x1b]0;x\x07", b"\n",
    "é漢👩\u200d🔬\u202e".encode(), b"[", b"]", b"(", b"\\", b"a", b"e", b"n", b"s", b"w", b"x", b"y", b"z",
    b"A", b"Z", b"%", b"\x1b[M !!",
)  # fmt: skip
_PHRASES = (
    b":1200\r", b":+100\r", b":-100\r", b":t 3\r", b":400000000\r", b":\r\r\r", b": : \r\r\r", b":\x1b",
    b"\x10theme\r", b"\x10\x1b[6~\r", b"\x10\r\r", b"." * 40, b"\r" * 10, b"\x7f" * 10, b"  ",
    b"\x1b\x1b\x1b", b"\x1b[C" * 30, b"?\x1b", b"??", b":99999999999999999999\r", b":t -1\r",
    b":t 99999\r", b": t 2 \r", b"\x10quit\x7f\x7f\x1b",
)  # fmt: skip
_PASTED = (
    "loss < 0.01",
    "1200",
    "t 3\n",
    "é漢👩‍🔬\x00\x1b[31m",
    "line\nline\r\n\tline",
    "x" * 5000,
    "",
)
_SIZES = (
    (80, 24),
    (120, 40),
    (200, 60),
    (1, 1),
    (20, 5),
    (79, 23),
    (300, 10),
    (10, 100),
    (81, 24),
    (500, 200),
)


@dataclass(frozen=True)
class Stroke:
    """One thing that is done, and how long is waited after it. keys: typed; else a size or a signal."""

    keys: bytes = b""
    size: tuple[int, int] | None = None
    signal: int = 0
    pause: float = 0.0

    def __str__(self) -> str:
        what = repr(self.keys)[1:]
        if self.size:
            what = f"{self.size[0]}×{self.size[1]}"
        elif self.signal:
            what = signal.Signals(self.signal).name
        return f"{what} {self.pause:.3f}s" if self.pause else what


def strokes(seed: int, run: int, keys: int) -> tuple[str, list[Stroke]]:
    """The file of a run, and what is done in it: so many keys in bursts, and the rest between."""
    random = Random(f"{seed}:{run}")
    file = FILES[run % len(FILES)]
    found: list[Stroke] = []
    typed = 0
    while typed < keys:
        burst = [_key(random) for _ in range(random.choice((1, 1, 2, 5, 20, 60)))]
        typed += len(burst)
        found += [Stroke(key) for key in burst]
        found.append(_between(random))
    return file, found


def _key(random: Random) -> bytes:
    chance = random.random()
    if chance < 0.75:
        return random.choice(_COMMON)
    if chance < 0.87:
        return random.choice(_PHRASES)
    if chance < 0.97:
        key = random.choice(_RARE)
        return (
            key if random.random() < 0.5 else bytes([random.randrange(32, 127)]).replace(b"q", b"Q")
        )
    return _mouse(random)


def _mouse(random: Random) -> bytes:
    button = random.choice((0, 0, 1, 2, 35, 32, 64, 65, 4, 8, 16, 99))
    column, row = random.randrange(0, 140), random.randrange(0, 45)
    pressed = b"\x1b[<%d;%d;%dM" % (button, column, row)
    return pressed + (pressed[:-1] + b"m" if button < 3 else b"")


def _between(random: Random) -> Stroke:
    pause = random.choice((0.0, 0.001, 0.01, 0.03, 0.03, 0.1, 0.4))
    chance = random.random()
    if chance < 0.12:
        return Stroke(size=random.choice(_SIZES), pause=pause)
    if chance < 0.2:
        text = random.choice(_PASTED).encode()
        return Stroke(b"\x1b[200~" + text + b"\x1b[201~", pause=pause)
    if chance < 0.24:
        return Stroke(signal=signal.SIGWINCH, pause=pause)
    if chance < 0.27:
        return Stroke(signal=signal.SIGTSTP, pause=max(pause, 0.2))  # the shell brings it back
    return Stroke(b".", pause=pause)
