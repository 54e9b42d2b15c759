"""Moving a session by keys, also where a move takes long, and following training that runs beside."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from textual import work
from textual.timer import Timer
from textual.worker import get_current_worker

from rnntui.session.moment import Moment
from rnntui.session.session import Session
from rnntui.tui.run_line import RunLine
from rnntui.tui.screens.frames import FramedScreen
from rnntui.tui.screens.go_to import GoToScreen, Place

_AT_ONCE = 0.05  # seconds that computing an iteration may take before it is done in a thread
_FRAME = 0.04  # seconds from one picture of running training to the next: 25 a second
_PAUSE = 0.005  # seconds at least between two of them, for keys where pictures take long


class TrainingScreen(FramedScreen[None]):
    """A screen around one session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.moment = session.moment
        self._busy = False
        self._timer: Timer | None = None
        self._followed = 0.0  # when the last picture of a run was begun

    def show(self, moment: Moment) -> None:
        """Put a moment on the screen."""
        raise NotImplementedError

    def on_unmount(self) -> None:
        """Nothing goes on when the screen has gone."""
        self.session.close()

    def attend(self) -> None:
        """Training waits until the next picture is on the screen.

        It would take turns with it otherwise, where both are Python, and neither be done sooner.
        """
        if self.session.running:
            self.session.hold()
            self.call_after_refresh(self.session.release)

    # --- moves ---

    def move(self, move: Callable[[], Moment]) -> None:
        """Make a move and show where it leads; while one is being made, others do nothing."""
        if self._busy:
            return
        if self.session.cost <= _AT_ONCE:
            self._arrive(move())
            return
        self._busy = True
        self.set_timer(2 * _AT_ONCE, self._tell_busy)
        self._move_aside(move)

    @work(thread=True, group="move")
    def _move_aside(self, move: Callable[[], Moment]) -> None:
        worker = get_current_worker()
        moment = move()
        if not worker.is_cancelled:  # else the screen has gone
            self.app.call_from_thread(self._arrive, moment)

    def _arrive(self, moment: Moment) -> None:
        self._busy = False
        self.moment = moment
        self.show(moment)
        self._tell_progress()
        if self.session.running and self._timer is None:
            spent = perf_counter() - self._followed
            self._timer = self.set_timer(max(_FRAME - spent, _PAUSE), self._follow)

    def _follow(self) -> None:
        self._timer = None
        self._followed = perf_counter()
        self.attend()
        self.move(self.session.follow)

    # --- training ---

    def action_run(self) -> None:
        """Run training beside the screen, or pause it."""
        self.move(self.session.pause if self.session.running else self.session.run)

    def action_go_to(self) -> None:
        """Ask for an iteration or a timestep, and go there."""
        self.app.push_screen(GoToScreen(self.moment.position.iteration), self._go_to)

    def _go_to(self, place: Place | None) -> None:
        if place is None:
            return
        if place.t is not None:
            t = place.t
            self.move(lambda: self.session.to_timestep(t))
        else:
            iteration = place.iteration
            self.move(lambda: self.session.go_to(iteration))

    def _tell_busy(self) -> None:
        if self._busy:
            self._run_line().tell("computing …")

    def _tell_progress(self) -> None:
        progress = self.session.progress
        if progress is not None and (progress.running or self.query(RunLine)):
            self._run_line().show(progress)

    def _run_line(self) -> RunLine:
        """The line above the footer, which is there from the first run on."""
        found = self.query(RunLine)
        if found:
            return found.first()
        line = RunLine()
        self.mount(line, before="KeysFooter")
        return line
