"""What keys ask of a session: one thing at a time, at once or beside the screen. No screen, no widget."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from rnntui.session.checks import CheckedValue
    from rnntui.session.moment import Moment
    from rnntui.session.session import Session

Result = TypeVar("Result")
IsCancelled = Callable[[], bool]

_AT_ONCE = 0.05  # seconds that computing an iteration may take before it is done in a thread
_FRAME = 0.04  # seconds from one picture of running training to the next: 25 a second
_PAUSE = 0.005  # seconds at least between two of them, for keys where pictures take long


class Host(Protocol):
    """Who shows a session: it is told what there is to see, and lends its time and threads."""

    def show(self, moment: Moment) -> None:
        """Put a moment on the screen."""

    def show_progress(self) -> None:
        """Say how far training is."""

    def show_busy(self) -> None:
        """Say that something is being computed."""

    def after(self, seconds: float, call: Callable[[], object]) -> None:
        """Call it in so many seconds."""

    def after_picture(self, call: Callable[[], object]) -> None:
        """Call it when the picture that is being made is on the screen."""

    def beside(
        self, work: Callable[[IsCancelled], Result], then: Callable[[Result], object]
    ) -> None:
        """Do `work` in a thread, then give `then` its result here, unless the host has gone by then."""


class Controller:
    """Moves one session. While a move is being made, others do nothing."""

    def __init__(self, session: Session, host: Host) -> None:
        self.session = session
        self.moment = session.moment
        """The one that was shown last."""
        self._host = host
        self._busy = False
        self._follows = False  # whether the next picture of a run is on its way
        self._followed = 0.0  # when the last picture of a run was begun

    def close(self) -> None:
        """Nothing goes on when nobody looks."""
        self.session.close()

    def attend(self) -> None:
        """Training waits until the next picture is on the screen.

        It would take turns with it otherwise, where both are Python, and neither be done sooner.
        """
        if self.session.running:
            self.session.hold()
            self._host.after_picture(self.session.release)

    def check(self, tell: Callable[[tuple[CheckedValue, ...]], object]) -> None:
        """Hold the file against all of its worked answers, beside the screen."""
        from rnntui.session.checks import check_file

        file = self.session.file
        if file.expectations:
            self._host.beside(lambda cancelled: tuple(check_file(file, cancelled)), tell)

    # --- moves ---

    def move(self, move: Callable[[], Moment]) -> None:
        """Make a move and show where it leads."""
        if self._busy:
            return
        if self.session.cost <= _AT_ONCE:
            self._arrive(move())
            return
        self._busy = True
        self._host.after(2 * _AT_ONCE, self._tell_busy)
        self._host.beside(lambda _: move(), self._arrive)

    def run_or_pause(self) -> None:
        """Run training beside the screen, or pause it."""
        self.move(self.session.pause if self.session.running else self.session.run)

    def jump(self, by: int) -> None:
        """So many tenths of the sequence on."""
        t, length = self.moment.t, self.moment.trace.length
        self.move(lambda: self.session.to_timestep(t + by * max(length // 10, 1)))

    def _arrive(self, moment: Moment) -> None:
        self._busy = False
        self.moment = moment
        self._host.show(moment)
        self._host.show_progress()
        # a short run may have ended by now, and its end is to be seen
        if self.session.to_be_followed and not self._follows:
            self._follows = True
            spent = perf_counter() - self._followed
            self._host.after(max(_FRAME - spent, _PAUSE), self._follow)

    def _follow(self) -> None:
        self._follows = False
        self._followed = perf_counter()
        self.attend()
        self.move(self.session.follow)

    def _tell_busy(self) -> None:
        if self._busy:
            self._host.show_busy()
