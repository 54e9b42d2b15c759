"""The stepper: panels around one session; keys move the session, and every panel shows the moment."""

from __future__ import annotations

from time import perf_counter

from textual import work
from textual.widget import Widget
from textual.worker import get_current_worker

from rnntui.data.sequence_file import SequenceFile
from rnntui.session.checks import CheckedValue, check_file
from rnntui.session.limits import MEGABYTE, MEMORY
from rnntui.session.moment import Moment
from rnntui.session.session import Session
from rnntui.tui.garbage import search_less, search_some
from rnntui.tui.panels.areas import FOLLOWED
from rnntui.tui.panels.registry import Registration, registered_panels
from rnntui.tui.screens.help import HelpScreen
from rnntui.tui.screens.training import TrainingScreen
from rnntui.tui.status import StatusLine
from rnntui.tui.stepper.panel_frame import PanelFrame

_OUTER = 0.035  # seconds at least from one of those to the next in pictures of running training


class StepperScreen(TrainingScreen):
    """Steps through one sequence file. memory: MB that the history may take."""

    def __init__(self, file: SequenceFile, memory: int = MEMORY) -> None:
        super().__init__(Session(file, memory * MEGABYTE))
        self._status = StatusLine(file)
        self._behind: list[str] = []  # panels that do not show the newest moment yet
        self._rest_is_due = False
        panels = registered_panels()
        self._followed_panels = [panel.name for panel in panels if panel.area in FOLLOWED]
        self._outer_panels = [panel.name for panel in panels if panel.area not in FOLLOWED]
        self._outer = list(
            self._outer_panels
        )  # those whose turn is still to come while training runs
        self._outer_shown = 0.0

    def make_status(self) -> StatusLine:
        """Where we are."""
        return self._status

    def make_panel(self, panel: Registration) -> Widget:
        """The panel in its frame."""
        return PanelFrame(panel)

    def on_mount(self) -> None:
        """Show the first moment, and hold the file against its answers meanwhile."""
        self.show(self.session.moment)
        self.call_after_refresh(search_less)
        if self.session.file.expectations:
            self._check()

    # --- showing ---

    def show(self, moment: Moment) -> None:
        """Put a moment on the screen: first where the eye is, in a picture of its own.

        That is the panel that Tab has reached; the others come a hundredth of a second later.

        While training runs there is no such second picture, which a key would have to wait for:
        the outer panels take turns to be in the others'.
        """
        running = self.session.running
        first = {self.panel, *(self._followed_panels if running else ())}
        if running and perf_counter() - self._outer_shown >= _OUTER:
            self._outer_shown = perf_counter()
            first.add(self._next_outer())
        with self.app.batch_update():
            self._status.show(moment)
            for name in first:
                self._panel(name).show(moment)
        self._behind = [name for name in self.grid.panels if name not in first]
        if not running and not self._rest_is_due:
            self._rest_is_due = True
            # after the picture at hand, and after the keys that came meanwhile
            self.call_after_refresh(self.call_later, self._show_rest)

    def _show_rest(self) -> None:
        """The other panels, at the newest moment: keys that come quickly do not wait for them."""
        self._rest_is_due = False
        if self.session.running:
            return
        with self.app.batch_update():
            for name in self._behind:
                self._panel(name).show(self.moment)
        self.call_after_refresh(search_some)

    def _next_outer(self) -> str:
        """The panel whose turn it is; when all had theirs, there is time to search for garbage."""
        name = self._outer.pop(0)
        if not self._outer:
            self._outer = list(self._outer_panels)
            self.set_timer(_OUTER / 4, search_some)
        return name

    def redraw(self) -> None:
        """Show the same moment in another theme."""
        self.show(self.moment)

    def _panel(self, name: str) -> PanelFrame:
        frame = self.grid.frames[name]
        assert isinstance(frame, PanelFrame)
        return frame

    @work(thread=True, exclusive=True)
    def _check(self) -> None:
        """Check every worked answer of the file beside the screen."""
        worker = get_current_worker()
        checks = tuple(check_file(self.session.file, lambda: worker.is_cancelled))
        if not worker.is_cancelled:  # else the screen has gone
            self.app.call_from_thread(self._checked, checks)

    def _checked(self, checks: tuple[CheckedValue, ...]) -> None:
        self._status.checks = checks

    # --- keys ---

    def action_next_equation(self) -> None:
        """One equation on."""
        self.move(self.session.next_equation)

    def action_previous_equation(self) -> None:
        """One equation back."""
        self.move(self.session.previous_equation)

    def action_next_timestep(self) -> None:
        """One timestep on."""
        self.move(self.session.next_timestep)

    def action_previous_timestep(self) -> None:
        """One timestep back."""
        self.move(self.session.previous_timestep)

    def action_next_iteration(self) -> None:
        """One training iteration on."""
        self.move(self.session.next_iteration)

    def action_previous_iteration(self) -> None:
        """One training iteration back."""
        self.move(self.session.previous_iteration)

    def action_to_start(self) -> None:
        """The start of the sequence."""
        self.move(self.session.to_start)

    def action_to_end(self) -> None:
        """The end of the sequence."""
        self.move(self.session.to_end)

    def action_jump(self, by: int) -> None:
        """A tenth of the sequence on or back."""
        t, length = self.moment.t, self.moment.trace.length
        self.move(lambda: self.session.to_timestep(t + by * max(length // 10, 1)))

    def action_restart(self) -> None:
        """Back to the initial parameters."""
        self.move(self.session.restart)

    def action_select_next(self) -> None:
        """The next quantity down the list."""
        self.move(lambda: self.session.select_next(1))

    def action_select_previous(self) -> None:
        """The one before."""
        self.move(lambda: self.session.select_next(-1))

    def action_leave(self) -> None:
        """Undo the last thing opened: full screen, selection, the file."""
        if self.full:
            self.action_full_screen()
        elif self.session.selected:
            self.move(lambda: self.session.select(""))
        elif len(self.app.screen_stack) > 2:
            self.app.pop_screen()

    def action_next_panel(self) -> None:
        """The next panel; one that shares its place with others comes to the front."""
        self._to_panel(1)

    def action_previous_panel(self) -> None:
        """The panel before."""
        self._to_panel(-1)

    def _to_panel(self, by: int) -> None:
        self.grid.step(by)
        self.lay_out()
        self.call_after_refresh(self._panel(self.panel).redraw)

    def action_full_screen(self) -> None:
        """The current panel over the whole screen, and back."""
        self.grid.full = not self.full
        self.lay_out()

    def action_scroll_panel(self, by: int) -> None:
        """Scroll the current panel up or down by its height."""
        self._panel(self.panel).scroll_pages(by)

    def action_scroll_sideways(self, by: int) -> None:
        """Scroll wide matrices sideways."""
        self._panel(self.panel).scroll_sideways(by)

    def action_help(self) -> None:
        """All keys."""
        self.app.push_screen(HelpScreen())
