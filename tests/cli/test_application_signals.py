"""Signals to the application: whatever ends it, the terminal is as it was before."""

from __future__ import annotations

import os
import signal
import time

import pytest

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Unix' signals and terminals")

ALTERNATE, MOUSE, CURSOR, PASTE = b"?1049", b"?1000", b"?25", b"?2004"


def opened(name: str = "lstm-ab"):
    from pseudo_terminal import RNNTUI, PseudoTerminal

    terminal = PseudoTerminal([*RNNTUI, name])
    terminal.wait_for("lstm 2" if name == "lstm-ab" else "forward")
    return terminal


def left_clean(terminal) -> None:
    """The modes of the line, and the last that was said of each mode of the screen."""
    assert terminal.modes_now() == terminal.modes
    written = terminal.output
    for mode, on, off in ((ALTERNATE, b"h", b"l"), (MOUSE, b"h", b"l"), (CURSOR, b"l", b"h"),
                          (PASTE, b"h", b"l")):  # fmt: skip
        last_on, last_off = (written.rfind(b"\x1b[" + mode + sign) for sign in (on, off))
        assert last_off > last_on >= 0, mode


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT"])
@pytest.mark.parametrize("keys", ["", ":12", " ", "?"])
def test_the_terminal_is_left_as_it_was(name: str, keys: str) -> None:
    number = getattr(signal, name)
    with opened() as terminal:
        terminal.type(keys)
        terminal.read(0.3)
        terminal.process.send_signal(number)
        assert terminal.finish() == 128 + number
        left_clean(terminal)
        assert b"Traceback" not in terminal.output


def test_also_while_it_starts() -> None:
    from pseudo_terminal import RNNTUI, PseudoTerminal

    for pause in (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6):
        with PseudoTerminal([*RNNTUI, "lstm-ab"]) as terminal:
            terminal.read(pause)
            terminal.process.send_signal(signal.SIGTERM)
            assert terminal.finish() in (128 + signal.SIGTERM, -signal.SIGTERM)
            assert terminal.modes_now() == terminal.modes
            if ALTERNATE in terminal.output:
                left_clean(terminal)
            assert b"Traceback" not in terminal.output


def test_ctrl_z_leaves_the_terminal_and_comes_back() -> None:
    with opened() as terminal:
        terminal.type("\x1a")
        end = time.monotonic() + 20
        while os.waitid(os.P_PID, terminal.process.pid, os.WSTOPPED | os.WNOHANG) is None:
            assert time.monotonic() < end
            terminal.read(0.05)
        terminal.read(0.2)
        left_clean(terminal)
        terminal.process.send_signal(signal.SIGCONT)
        terminal.wait_for("1049h")
        terminal.type("\r")
        terminal.wait_for("iteration 1")
        terminal.type("q")
        assert terminal.finish() == 0
        left_clean(terminal)


def test_stopped_and_continued_from_outside_it_reads_every_key() -> None:
    with opened() as terminal:
        for iteration in range(1, 4):
            terminal.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, terminal.process.pid, os.WSTOPPED)
            terminal.process.send_signal(signal.SIGCONT)
            terminal.wait_for("1049h")
            terminal.type(":+9\r")
            terminal.wait_for(f"iteration {9 * iteration}")
        terminal.type("q")
        assert terminal.finish() == 0
        left_clean(terminal)


def test_stopped_while_it_paints_it_comes_back() -> None:
    """A signal may come while something is handed over to be written, whose lock is then taken."""
    with opened() as terminal:
        for _ in range(25):
            terminal.type("t....")
            terminal.read(0.01)
            terminal.process.send_signal(signal.SIGTSTP)
            end = time.monotonic() + 20
            while os.waitid(os.P_PID, terminal.process.pid, os.WSTOPPED | os.WNOHANG) is None:
                assert time.monotonic() < end
                terminal.read(0.01)
            terminal.process.send_signal(signal.SIGCONT)
            terminal.wait_for("1049h")
        terminal.type("q")
        assert terminal.finish() == 0
        left_clean(terminal)


@pytest.mark.parametrize(
    "typed",
    [b"\x9b", b"\xff\xfe", b"\xc3", b"\x1b[M \xa0\xa0", b"\xed\xa0\x80", bytes(range(128, 256))],
)
@pytest.mark.parametrize("where", ["", ":"])
def test_bytes_that_are_no_text_are_keys_without_a_meaning(typed: bytes, where: str) -> None:
    with opened() as terminal:
        terminal.type(where)
        os.write(terminal.master, typed)
        terminal.read(0.3)
        os.write(terminal.master, b"\x1b")
        terminal.read(0.3)
        terminal.type(":+7\r")
        terminal.read(0.5)
        terminal.resize(90, 24)  # all is painted anew
        terminal.wait_for("iteration 7")
        os.write(terminal.master, b"\x11\xc3")  # the last one is not whole
        assert terminal.finish() == 0
        left_clean(terminal)
        assert b"Traceback" not in terminal.output


@pytest.mark.parametrize("pause", [0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08])
def test_stopped_while_it_quits_it_leaves_the_terminal_as_it_was(pause: float) -> None:
    with opened() as terminal:
        terminal.type("q")
        terminal.read(pause)
        terminal.process.send_signal(signal.SIGTSTP)
        end = time.monotonic() + 20
        waited = os.WSTOPPED | os.WEXITED | os.WNOHANG | os.WNOWAIT
        while os.waitid(os.P_PID, terminal.process.pid, waited) is None:
            assert time.monotonic() < end
            terminal.read(0.005)
        terminal.process.send_signal(signal.SIGCONT)
        assert terminal.finish() == 0
        left_clean(terminal)


def test_a_terminal_that_closes_ends_it_within_a_second() -> None:
    """Without a signal: as of a program whose terminal is not its session's."""
    terminal = opened()
    os.close(terminal._slave)
    os.close(terminal.master)
    started = time.monotonic()
    terminal.process.wait(timeout=10)
    assert time.monotonic() - started < 2  # a second on a machine that has nothing else to do
    assert terminal.process.returncode != 0
