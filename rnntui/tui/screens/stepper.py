"""The stepper: the view of one session and, at its foot, the keys."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from rnntui.tui.process import search_less
from rnntui.tui.screens.footer import KeysFooter, above_footer
from rnntui.tui.stepper.keys import KEYS
from rnntui.tui.stepper.stepper_view import StepperView

if TYPE_CHECKING:
    from rnntui.session.session import Session

Command = Callable[[], Coroutine[Any, Any, object]]


class StepperScreen(Screen[None]):
    """Steps through one session."""

    AUTO_FOCUS = "StepperView"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """The view, the footer."""
        self.view = StepperView(self._session, above_footer(self.app.size))
        yield self.view
        yield KeysFooter()

    def on_mount(self) -> None:
        """What there is by now stays."""
        self.call_after_refresh(search_less)

    def commands(self) -> Iterator[tuple[str, str, Command]]:
        """What the keys do, as the palette offers it: (what, by which key, do it)."""
        for key in KEYS:
            run = partial(self.view.run_action, key.full_action)
            yield key.help, f"key: {key.shown}", run

    @on(StepperView.Left)
    def _leave(self) -> None:
        """Go back to the gallery, if that is where the file was opened."""
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()
