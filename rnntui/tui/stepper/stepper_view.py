"""`StepperView`: one session on the screen, by itself or beside others."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.worker import get_current_worker

from rnntui.tui.drawing.cached_lines import CachedLines
from rnntui.tui.keyboard import keyboard_of
from rnntui.tui.panels.areas import FOLLOWED
from rnntui.tui.panels.registry import registered_panels
from rnntui.tui.process import search_garbage
from rnntui.tui.stepper.controller import Controller, IsCancelled, Result
from rnntui.tui.stepper.go_to import Destination, GoToScreen
from rnntui.tui.stepper.help import HelpScreen
from rnntui.tui.stepper.keys import bindings
from rnntui.tui.stepper.panel_frame import PanelFrame
from rnntui.tui.stepper.panel_grid import PanelGrid
from rnntui.tui.stepper.run_line import RunLine
from rnntui.tui.stepper.status import StatusLine
from rnntui.tui.stepper.turns import Turns

if TYPE_CHECKING:
    from rnntui.session.checks import CheckedValue
    from rnntui.session.moment import Moment
    from rnntui.session.session import Session

_LEAST = 0.1  # seconds without a picture at most, however many keys wait
_TURN = 0.035  # seconds at least from one outer panel to the next in pictures of running training


class StepperView(CachedLines, can_focus=True):
    """The status line, the panels in the layout for the view's own size, the line of a run.

    It has the keys of the stepper when it has the focus; one that is beside the one that has it is
    of the class `aside`. size: what it will be, if that is known:
    then no layout is for nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings()
    DEFAULT_CSS = """
    StepperView {
        layout: vertical;
        width: 1fr;
        height: 1fr;
    }
    StepperView.aside PanelGrid > .panel.current { border: heavy $primary-darken-1; }
    """

    class Left(Message):
        """Esc, where there is nothing more to leave in the view."""

    def __init__(self, session: Session, size: Size | None = None) -> None:
        super().__init__()
        self.controller = Controller(session, self)
        self.session = session
        panels = registered_panels()
        self.grid = PanelGrid(panels, PanelFrame)
        self._status = StatusLine()
        self._run_line: RunLine | None = None
        self._expected = size
        self._followed = [panel.name for panel in panels if panel.area in FOLLOWED]
        self._turns = Turns([p.name for p in panels if p.area not in FOLLOWED], _TURN)
        self._behind: list[str] = []  # panels that do not show the newest moment yet
        self._rest_is_due = False
        self._pictured = 0.0  # when the last picture was made

    def compose(self) -> ComposeResult:
        """The status line and the panels."""
        self.grid.lay_out(self._expected or self.app.size)
        yield self._status.add_class("status")
        yield self.grid

    def on_mount(self) -> None:
        """Show the first moment; once it is seen, hold the file against its answers."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self.redraw())
        self.show(self.controller.moment)
        self.call_after_refresh(self.controller.check, self._show_checks)

    def on_focus(self) -> None:
        """The keys are for this view."""
        for view in self.screen.query(StepperView):
            view.set_class(view is not self, "aside")

    def on_resize(self, event: Resize) -> None:
        """Another size may want another layout."""
        self.grid.lay_out(event.size)

    def on_unmount(self) -> None:
        """Nothing goes on when the view has gone."""
        self.controller.close()

    @property
    def moment(self) -> Moment:
        """The moment on the screen."""
        return self.controller.moment

    # --- showing ---

    def show(self, moment: Moment) -> None:
        """Put a moment on the screen: first where the eye is, in a picture of its own.

        That is the panel that Tab has reached; the others come a hundredth of a second later.

        While training runs there is no such second picture, which a key would have to wait for:
        the outer panels take turns to be in the others'.

        Where more keys wait, most of their pictures are left out: nobody could look at them.
        """
        if self._leaves_out_picture():
            return
        running = self.session.running
        first = {self.grid.current, *(self._followed if running else ())}
        if running and (turn := self._turns.next(perf_counter())) is not None:
            first.add(turn)
            if self._turns.all_had_theirs:  # there is time to search for garbage
                self.set_timer(_TURN / 4, search_garbage)
        with self.app.batch_update():
            self._status.show(moment)
            for name in first:
                self.frame(name).show(moment)
        self._behind = [name for name in self.grid.panels if name not in first]
        if not running and not self._rest_is_due:
            self._rest_is_due = True
            # after the picture at hand, and after the keys that came meanwhile
            self.call_after_refresh(self.call_later, self._show_rest)

    def _leaves_out_picture(self) -> bool:
        """Whether what there is to see is shown with a later key's, or in a moment."""
        keyboard, now = keyboard_of(self.app), perf_counter()
        if keyboard is not None and keyboard.is_behind and now - self._pictured < _LEAST:
            keyboard.when_caught_up(self.redraw)
            return True
        self._pictured = now
        return False

    def _show_rest(self) -> None:
        """The other panels, at the newest moment: keys that come quickly do not wait for them."""
        self._rest_is_due = False
        if self.session.running:
            return
        with self.app.batch_update():
            for name in self._behind:
                self.frame(name).show(self.moment)
        self.call_after_refresh(search_garbage)

    def redraw(self) -> None:
        """Show the same moment in another theme."""
        self.show(self.moment)

    def frame(self, name: str) -> PanelFrame:
        """A panel in its frame."""
        frame = self.grid.frames[name]
        assert isinstance(frame, PanelFrame)
        return frame

    def show_progress(self) -> None:
        """Say how far training is, once it has been asked for."""
        progress = self.session.progress
        if progress is not None and (progress.running or self._run_line is not None):
            self._show_run_line().show(progress)

    def show_busy(self) -> None:
        """Say that something is being computed."""
        self._show_run_line().tell("computing …")

    def _show_checks(self, checks: tuple[CheckedValue, ...]) -> None:
        self._status.count(checks)

    def _show_run_line(self) -> RunLine:
        """The line below the panels, which is there from the first run on."""
        if self._run_line is None:
            self._run_line = RunLine()
            self.mount(self._run_line)
        return self._run_line

    # --- what the controller is lent ---

    def attend(self) -> None:
        """A picture is about to be made: whatever goes on beside waits for that."""
        self.controller.attend()

    def after(self, seconds: float, call: Callable[[], object]) -> None:
        """Call it in so many seconds."""
        self.set_timer(seconds, call)

    def after_picture(self, call: Callable[[], object]) -> None:
        """Call it when the picture that is being made is on the screen."""
        self.call_after_refresh(call)

    def beside(
        self, work: Callable[[IsCancelled], Result], then: Callable[[Result], object]
    ) -> None:
        """Do `work` in a thread, then give `then` its result, unless the view has gone by then."""

        def run() -> None:
            worker = get_current_worker()
            result = work(lambda: worker.is_cancelled)
            if not worker.is_cancelled:
                self.app.call_from_thread(then, result)

        self.run_worker(run, thread=True)

    # --- keys ---

    def action_next_equation(self) -> None:
        """One equation on."""
        self.controller.move(self.session.next_equation)

    def action_previous_equation(self) -> None:
        """One equation back."""
        self.controller.move(self.session.previous_equation)

    def action_next_timestep(self) -> None:
        """One timestep on."""
        self.controller.move(self.session.next_timestep)

    def action_previous_timestep(self) -> None:
        """One timestep back."""
        self.controller.move(self.session.previous_timestep)

    def action_next_iteration(self) -> None:
        """One training iteration on."""
        self.controller.move(self.session.next_iteration)

    def action_previous_iteration(self) -> None:
        """One training iteration back."""
        self.controller.move(self.session.previous_iteration)

    def action_to_start(self) -> None:
        """The start of the sequence."""
        self.controller.move(self.session.to_start)

    def action_to_end(self) -> None:
        """The end of the sequence."""
        self.controller.move(self.session.to_end)

    def action_jump(self, by: int) -> None:
        """A tenth of the sequence on or back."""
        self.controller.jump(by)

    def action_restart(self) -> None:
        """Back to the initial parameters."""
        self.controller.move(self.session.restart)

    def action_run(self) -> None:
        """Run training beside the screen, or pause it."""
        self.controller.run_or_pause()

    def action_go_to(self) -> None:
        """Ask for an iteration or a timestep, and go there."""
        self.app.push_screen(GoToScreen(self.moment.position.iteration), self._go_to)

    def _go_to(self, destination: Destination | None) -> None:
        if destination is not None:
            self.controller.move(lambda: destination.reached_by(self.session))

    def action_select_next(self) -> None:
        """The next quantity down the list."""
        self.controller.move(lambda: self.session.select_next(1))

    def action_select_previous(self) -> None:
        """The one before."""
        self.controller.move(lambda: self.session.select_next(-1))

    def action_leave(self) -> None:
        """Undo the last thing opened: full screen, selection, the view."""
        if self.grid.full:
            self.action_full_screen()
        elif self.session.selected:
            self.controller.move(lambda: self.session.select(""))
        else:
            self.post_message(self.Left())

    def action_next_panel(self) -> None:
        """The next panel; one that shares its place with others comes to the front."""
        self._to_panel(1)

    def action_previous_panel(self) -> None:
        """The panel before."""
        self._to_panel(-1)

    def _to_panel(self, by: int) -> None:
        self.grid.step(by)
        self.grid.lay_out(self.size)
        self.call_after_refresh(self.frame(self.grid.current).redraw)

    def action_full_screen(self) -> None:
        """The current panel over the whole view, and back."""
        self.grid.full = not self.grid.full
        self.grid.lay_out(self.size)

    def action_scroll_panel(self, by: int) -> None:
        """Scroll the current panel up or down by its height."""
        self.frame(self.grid.current).scroll_pages(by)

    def action_scroll_sideways(self, by: int) -> None:
        """Scroll wide matrices sideways."""
        self.frame(self.grid.current).scroll_sideways(by)

    def action_help(self) -> None:
        """All keys."""
        self.app.push_screen(HelpScreen())
