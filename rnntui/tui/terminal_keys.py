"""What a terminal sends, read as keys, pastes and clicks: whatever it is, the next key is read."""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Iterator
from time import monotonic

from textual._xterm_parser import XTermParser
from textual.events import MouseEvent, Resize
from textual.geometry import Size
from textual.message import Message

_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")  # ECMA-48: parameters, intermediates, the last
_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_PATIENCE = 2.0  # seconds without anything more after which a paste is taken to have ended
_LARGEST = 5000  # cells across or down, of a terminal that there may be


class TerminalKeys:
    """Textual's parser, made anew where it is at a loss (textual 8.2.8): it ends the application where
    a sequence has a number that it does not expect, and waits for the end of a paste for ever."""

    def __init__(self, debug: bool = False) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._pasting = False
        self._last = 0.0

    def read(self, typed: bytes, screen: Size) -> Iterator[Message]:
        """What has been typed, on a screen of this size."""
        text = self._decode(typed)
        self._last = monotonic()
        begun, ended = text.rfind(_PASTE_BEGINS), text.rfind(_PASTE_ENDS)
        self._pasting = begun > ended or (self._pasting and ended < 0)
        for message in self._parsed(text):
            if _is_possible(message, screen):
                yield message

    def tick(self) -> Iterator[Message]:
        """What is there because nothing follows it, as an Esc by itself."""
        if self._pasting and monotonic() - self._last > _PATIENCE:
            self._pasting = False
            self._begin_anew()
        yield from self._parser.tick()

    def end(self) -> None:
        """Nothing more will be typed."""
        with contextlib.suppress(Exception):  # which is what its parser says, too
            list(self._parser.feed(""))

    def _parsed(self, text: str) -> Iterator[Message]:
        """Text, as far as it can be read: of a sequence that cannot, what is behind it."""
        # to feed nothing would be the end; split, so that little is lost with what cannot be read
        for part in filter(None, re.split(r"(?=\x1b)", text)):
            try:
                yield from self._parser.feed(part)
            except Exception:  # whatever the parser was not prepared for
                self._begin_anew()
                sequence = _SEQUENCE.match(part)
                if sequence is not None and sequence.end() < len(part):
                    yield from self._parsed(part[sequence.end() :])

    def _begin_anew(self) -> None:
        before, self._parser = self._parser, XTermParser(self._debug)
        for name in ("mouse_pixels", "terminal_size", "terminal_pixel_size", "last_x", "last_y"):
            setattr(self._parser, name, getattr(before, name))


def _is_possible(message: Message, screen: Size) -> bool:
    """Whether there is such a place on the screen, or such a screen."""
    if isinstance(message, MouseEvent):
        return 0 <= message.screen_x < screen.width and 0 <= message.screen_y < screen.height
    if isinstance(message, Resize):
        return max(message.size) <= _LARGEST
    return True
