"""Asking where to go: an iteration, or a timestep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from rnntui.tui.dialog import Dialog

if TYPE_CHECKING:
    from rnntui.session.moment import Moment
    from rnntui.session.session import Session

_FORMS = "1200 · +100 · -100 · t 30 (a timestep)"
_MOST = 10**9  # iterations, or timesteps


@dataclass(frozen=True)
class Destination:
    """Where to go: a timestep of this iteration, or else an iteration."""

    iteration: int
    t: int | None = None

    def reached_by(self, session: Session) -> Moment:
        """Go there; the moment at which that arrives."""
        if self.t is not None:
            return session.to_timestep(self.t)
        return session.go_to(self.iteration)


def read_destination(text: str, now: int) -> Destination | None:
    """`1200`, `+100`, `-100` from iteration `now`, or `t 30`; None where it is none of these."""
    plain = re.sub(r"[\s,_]", "", text)
    match = re.fullmatch(r"(t=?)?([+-]?)(\d{1,10})", plain)
    if match is None or (match[1] and match[2]):
        return None
    number = min(int(match[3]), _MOST)
    if match[1]:
        return Destination(now, number)
    sign = {"": 0, "+": 1, "-": -1}[match[2]]
    return Destination(max(now + sign * number, 0) if sign else number)


class GoToScreen(Dialog[Destination | None]):
    """A line at the foot; Enter goes, Esc does not."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "close")]
    DEFAULT_CSS = """
    GoToScreen { align: left bottom; background: transparent; }
    GoToScreen #go-to { width: 1fr; max-width: 60; border: round $accent; background: $background; }
    GoToScreen #go-to.refused { border: round $error; }
    """

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
        """Go, if it is a destination; an empty line goes nowhere."""
        destination = read_destination(event.value, self._now)
        if destination is not None or not event.value.strip():
            self.dismiss(destination)
            return
        event.input.border_subtitle = f"such as {_FORMS}"
        event.input.add_class("refused")
