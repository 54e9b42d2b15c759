"""Asking where to go: an iteration, or a timestep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

_FORMS = "1200 · +100 · -100 · t 30 (a timestep)"
_MOST = 10**9  # iterations, or timesteps


@dataclass(frozen=True)
class Place:
    """Where to go: a timestep of this iteration, or else an iteration."""

    iteration: int
    t: int | None = None


def read_place(text: str, now: int) -> Place | None:
    """`1200`, `+100`, `-100` from iteration `now`, or `t 30`; None where it is none of these."""
    plain = re.sub(r"[\s,_]", "", text)
    match = re.fullmatch(r"(t=?)?([+-]?)(\d{1,10})", plain)
    if match is None or (match[1] and match[2]):
        return None
    number = min(int(match[3]), _MOST)
    if match[1]:
        return Place(now, number)
    sign = {"": 0, "+": 1, "-": -1}[match[2]]
    return Place(max(now + sign * number, 0) if sign else number)


class GoToScreen(ModalScreen[Place | None]):
    """A line at the foot; Enter goes, Esc does not."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "close")]

    def __init__(self, now: int) -> None:
        super().__init__()
        self._now = now

    def compose(self) -> ComposeResult:
        """The line."""
        yield Input(placeholder=_FORMS, id="go-to", select_on_focus=False)

    def on_mount(self) -> None:
        """Name the frame."""
        line = self.query_one(Input)
        line.border_title = "go to iteration"
        line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go, if it is a place; an empty line goes nowhere."""
        place = read_place(event.value, self._now)
        if place is not None or not event.value.strip():
            self.dismiss(place)
            return
        event.input.border_subtitle = f"such as {_FORMS}"
        event.input.add_class("refused")
