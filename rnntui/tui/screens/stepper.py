"""The stepper: panels around one session; keys move the session, and every panel shows the moment."""

from __future__ import annotations

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Footer
from textual.worker import get_current_worker

from rnntui.data.sequence_file import SequenceFile
from rnntui.session.checks import CheckedValue, check_file
from rnntui.session.moment import Moment
from rnntui.session.session import Session
from rnntui.tui.keys import bindings
from rnntui.tui.panels.equation import EquationPanel
from rnntui.tui.panels.gradients import GradientsPanel
from rnntui.tui.panels.hidden_space import HiddenSpacePanel
from rnntui.tui.panels.loss import LossPanel
from rnntui.tui.panels.panel import RowsPanel, Shows
from rnntui.tui.panels.quantities import QuantitiesPanel
from rnntui.tui.panels.sequence import SequencePanel
from rnntui.tui.panels.weights import WeightsPanel
from rnntui.tui.screens.help import HelpScreen
from rnntui.tui.screens.layout import LAYOUTS, Layout, layout_for
from rnntui.tui.status import StatusLine

PANELS = {
    "sequence": SequencePanel,
    "equation": EquationPanel,
    "quantities": QuantitiesPanel,
    "weights": WeightsPanel,
    "gradients": GradientsPanel,
    "loss": LossPanel,
    "hidden": HiddenSpacePanel,
}


class StepperScreen(Screen[None]):
    """Steps through one sequence file."""

    BINDINGS = bindings()
    AUTO_FOCUS = None

    def __init__(self, file: SequenceFile) -> None:
        super().__init__()
        self.session = Session(file)
        self.panel = "equation"  # the panel that Tab has reached
        self.full = False
        self._in_front: dict[str, str] = {}  # by place, the panel shown of those that share it

    def compose(self) -> ComposeResult:
        """The status line, the panels, the footer."""
        yield StatusLine(self.session.file)
        with Container(id="panels"):
            for name, panel in PANELS.items():
                yield panel(id=name)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Lay out, show the first moment, and hold the file against its answers meanwhile."""
        for name in PANELS:
            self._panel(name).add_class("panel")
        self._lay_out()
        self._show(self.session.moment)
        if self.session.file.expectations:
            self._check()

    def on_resize(self, event: Resize) -> None:
        """Another size may want another layout."""
        self._lay_out()

    # --- showing ---

    def _show(self, moment: Moment) -> None:
        with self.app.batch_update():
            self.query_one(StatusLine).show(moment)
            for name in PANELS:
                self._panel(name).show(moment)

    def redraw(self) -> None:
        """Show the same moment in another theme."""
        self._show(self.session.moment)

    def _panel(self, name: str) -> Shows:
        panel = self.query_one(f"#{name}")
        assert isinstance(panel, Shows)
        return panel

    @work(thread=True, exclusive=True)
    def _check(self) -> None:
        """Check every worked answer of the file beside the screen."""
        worker = get_current_worker()
        checks = tuple(check_file(self.session.file, lambda: worker.is_cancelled))
        if not worker.is_cancelled:  # else the screen has gone
            self.app.call_from_thread(self._checked, checks)

    def _checked(self, checks: tuple[CheckedValue, ...]) -> None:
        self.query_one(StatusLine).checks = checks

    # --- layout ---

    def _lay_out(self) -> None:
        layout = layout_for(self.size.width, self.size.height)
        container = self.query_one("#panels")
        for other in LAYOUTS:
            container.set_class(other is layout and not self.full, other.name)
        container.set_class(self.full, "full")
        shown = {self.panel} if self.full else set(self._shown(layout))
        for name in PANELS:
            widget = self.query_one(f"#{name}")
            widget.display = name in shown
            widget.set_class(name == self.panel, "current")
            widget.border_title = self._frame_title(layout, name)

    def _shown(self, layout: Layout) -> list[str]:
        """Of the panels that share a place, the one that Tab reached last."""
        shown = []
        for place in layout.places:
            if self.panel in place:
                self._in_front[place[0]] = self.panel
            front = self._in_front.get(place[0], place[0])
            shown.append(front if front in place else place[0])
        return shown

    def _frame_title(self, layout: Layout, name: str) -> Text:
        place = (name,) if self.full else layout.place_of(name)
        parts = [(PANELS[other].title, "bold" if other == name else "dim") for other in place]
        return Text(" │ ").join(Text(text, style=style) for text, style in parts)

    # --- keys ---

    def action_next_equation(self) -> None:
        """One equation on."""
        self._show(self.session.next_equation())

    def action_previous_equation(self) -> None:
        """One equation back."""
        self._show(self.session.previous_equation())

    def action_next_timestep(self) -> None:
        """One timestep on."""
        self._show(self.session.next_timestep())

    def action_previous_timestep(self) -> None:
        """One timestep back."""
        self._show(self.session.previous_timestep())

    def action_next_iteration(self) -> None:
        """One training iteration on."""
        self._show(self.session.next_iteration())

    def action_previous_iteration(self) -> None:
        """One training iteration back."""
        self._show(self.session.previous_iteration())

    def action_to_start(self) -> None:
        """The start of the sequence."""
        self._show(self.session.to_start())

    def action_to_end(self) -> None:
        """The end of the sequence."""
        self._show(self.session.to_end())

    def action_restart(self) -> None:
        """Back to the initial parameters."""
        self._show(self.session.restart())

    def action_select_next(self) -> None:
        """The next quantity down the list."""
        self._show(self.session.select_next(1))

    def action_select_previous(self) -> None:
        """The one before."""
        self._show(self.session.select_next(-1))

    def action_leave(self) -> None:
        """Undo the last thing opened: full screen, selection, the file."""
        if self.full:
            self.action_full_screen()
        elif self.session.selected:
            self._show(self.session.select(""))
        elif len(self.app.screen_stack) > 2:
            self.app.pop_screen()

    def action_next_panel(self) -> None:
        """The next panel; one that shares its place with others comes to the front."""
        self._to_panel(1)

    def action_previous_panel(self) -> None:
        """The panel before."""
        self._to_panel(-1)

    def _to_panel(self, by: int) -> None:
        names = list(PANELS)
        self.panel = names[(names.index(self.panel) + by) % len(names)]
        self._lay_out()
        self.call_after_refresh(self._panel(self.panel).redraw)

    def action_full_screen(self) -> None:
        """The current panel over the whole screen, and back."""
        self.full = not self.full
        self._lay_out()

    def action_scroll_panel(self, by: int) -> None:
        """Scroll the current panel up or down by its height."""
        panel = self._panel(self.panel)
        if isinstance(panel, RowsPanel):
            panel.scroll_rows(by * max(panel.size.height - 1, 1))

    def action_scroll_sideways(self, by: int) -> None:
        """Scroll wide matrices sideways."""
        panel = self._panel(self.panel)
        if isinstance(panel, WeightsPanel):
            panel.scroll_columns(by)

    def action_help(self) -> None:
        """All keys."""
        self.app.push_screen(HelpScreen())
