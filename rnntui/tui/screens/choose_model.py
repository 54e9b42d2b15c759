"""Choosing a model for data that comes without one."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from rnntui.models.names import model_file, model_names
from rnntui.text.problems import InputError, printable
from rnntui.text.titles import title_of
from rnntui.tui.options import Options
from rnntui.tui.pending_file import PendingFile
from rnntui.tui.screens.footer import KeysFooter
from rnntui.tui.screens.opening import OpeningScreen


class ChooseModelScreen(Screen[None]):
    """The shipped models and the number of hidden units; Enter reads the data with them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", key_display="⏎", priority=True),
        Binding("escape", "app.quit", "quit"),
    ]

    def __init__(self, pending: PendingFile, memory: int) -> None:
        super().__init__()
        self._memory = memory
        self._pending = pending

    def compose(self) -> ComposeResult:
        """The question, the models, the size, and room for what is wrong."""
        yield Static(Text("Which model should read this?", style="bold"), id="banner")
        options = (Option(_label(name), id=name) for name in model_names())
        yield Options(*options, id="models", markup=False)
        yield Label("Hidden units (Tab)")
        yield Input("4", type="integer", id="hidden")
        yield Static(id="wrong")
        yield KeysFooter()

    def on_mount(self) -> None:
        """LSTM first: it is what most want."""
        models = self.query_one(OptionList)
        models.highlighted = model_names().index("lstm")
        models.focus()

    def action_open(self) -> None:
        """Read the data with the model under the cursor, or say what is wrong."""
        number = self.query_one(OptionList).highlighted
        written = self.query_one(Input).value
        if number is None or not written.isdecimal() or not 0 < int(written) <= 10**6:
            self._say("Hidden units are a whole number from 1 on.")
            return
        chosen = {"model": model_names()[number], "hidden": int(written)}
        self.app.push_screen(OpeningScreen(self._pending, chosen, self._memory), self._refuse)

    def _refuse(self, refusal: InputError | None) -> None:
        self._say(str(refusal or ""))

    def _say(self, message: str) -> None:
        self.query_one("#wrong", Static).update(Text(message, style="bold"))


def _label(name: str) -> Text:
    return Text.assemble((name.ljust(24), "bold"), printable(title_of(model_file(name))))
