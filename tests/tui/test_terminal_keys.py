"""Bytes of a terminal as keys: what cannot be read takes nothing with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, MouseEvent, Paste, Resize
from textual.geometry import Size

from rnntui.tui import terminal_keys as module
from rnntui.tui.terminal_keys import TerminalKeys

SCREEN = Size(80, 24)


def keys(*typed: bytes) -> list[str]:
    reader = TerminalKeys()
    messages = [message for part in typed for message in reader.read(part, SCREEN)]
    return [message.key for message in messages if isinstance(message, Key)]


@pytest.mark.parametrize(
    "junk",
    [b"\x1b[1114112u", b"\x1b[97;1;1114112u", b"\x1b[99999999999999999999u", b"\x1b[97:65:98;2:3;65u",
     b"\x1b[55296u", b"\x9b", b"\xff", b"\x1b[<0;81;12M\x1b[<0;81;12m", b"\x1b[48;99999;99999;1;1t"],
)  # fmt: skip
def test_what_is_behind_junk_is_read(junk: bytes) -> None:
    assert keys(junk + b":+9\r")[-4:] == ["colon", "plus", "9", "enter"]


@given(st.lists(st.binary(max_size=30) | st.sampled_from([b"\x1b[", b"\x1b[<", b"u", b";", b"t"])))
def test_no_bytes_end_it(parts: list[bytes]) -> None:
    reader = TerminalKeys()
    for part in parts:
        list(reader.read(part, SCREEN))
        list(reader.tick())
    reader.end()


def test_a_paste_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    reader = TerminalKeys()
    assert not list(reader.read(b"\x1b[200~abc", SCREEN))
    now[0] = 1.0
    list(reader.tick())
    pasted = list(reader.read(b"def\x1b[201~", SCREEN))
    assert [message.text for message in pasted if isinstance(message, Paste)] == ["abcdef"]
    list(reader.read(b"\x1b[200~abc", SCREEN))
    now[0] = 9.0
    list(reader.tick())
    messages = list(reader.read(b"q", SCREEN))
    assert [message.key for message in messages if isinstance(message, Key)] == ["q"]


def test_clicks_and_sizes_that_there_are_pass() -> None:
    reader = TerminalKeys()
    clicks = list(reader.read(b"\x1b[<0;80;24M", SCREEN))
    assert isinstance(clicks[0], MouseEvent)
    assert not [m for m in reader.read(b"\x1b[<0;80;25M", SCREEN) if isinstance(m, MouseEvent)]
    assert not [m for m in reader.read(b"\x1b[48;9999;80;1;1t", SCREEN) if isinstance(m, Resize)]
