"""The session: where the user stands, and every way to move. No screen, no printing."""

from __future__ import annotations

from typing import Any

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.optimiser import UpdateEquation
from rnntui.engine.training import Iteration
from rnntui.session.checks import CheckedValue, check_trace, start_training
from rnntui.session.history import History
from rnntui.session.moment import Moment, bare, initial_gradients
from rnntui.session.timeline import Position, Stop, Timeline


class Session:
    """A cursor on the timeline of a sequence file. Every move gives the moment it arrives at.

    A move that cannot be made leaves the cursor where it is; the moment's `message` says why.
    """

    def __init__(self, file: SequenceFile) -> None:
        self.file = file
        self.trainer, self._start = start_training(file)
        self.history = History(self.trainer, self._start)
        self._cache: dict[Any, Any] = {}
        self.selected = ""
        self._iteration = self.trainer.iterate(self._start)
        self.history.remember_loss(0, self._iteration.loss)
        self.position = Position(0, 0, "forward", 1, 0)
        self.message = file.notice

    @property
    def moment(self) -> Moment:
        """What there is to see here."""
        return Moment(
            file=self.file,
            position=self.position,
            iteration=self._iteration,
            optimiser=self.trainer.optimiser,
            losses=self.history.losses,
            checks=self._checks(),
            selected=self.selected,
            message=self.message,
            _cache=self._cache,
        )

    @property
    def quantities(self) -> tuple[str, ...]:
        """What can be selected: the quantities in order of computation, then the parameters."""
        model = self.file.model
        return (*(e.target for e in model.equations), *model.parameters)

    # --- moves ---

    def next_equation(self) -> Moment:
        """One micro-step on: the next equation, timestep, phase or iteration."""
        stop = self._stop()
        if self.position.equation + 1 < stop.equations:
            return self._go(stop, self.position.equation + 1)
        return self._next_stop(0)

    def previous_equation(self) -> Moment:
        """One micro-step back."""
        if self.position.equation > 0:
            return self._go(self._stop(), self.position.equation - 1)
        return self._previous_stop(None)

    def next_timestep(self) -> Moment:
        """The same equation one timestep on in the order of computation."""
        return self._next_stop(self.position.equation)

    def previous_timestep(self) -> Moment:
        """The same equation one timestep back in the order of computation."""
        return self._previous_stop(self.position.equation)

    def next_iteration(self) -> Moment:
        """The same place one training iteration later."""
        return self._to_iteration(self.position.iteration + 1, self.position)

    def previous_iteration(self) -> Moment:
        """The same place one training iteration earlier: the very same bits."""
        if self.position.iteration == 0:
            return self._stay("This is iteration 0: there is none before it.")
        return self._to_iteration(self.position.iteration - 1, self.position)

    def to_start(self) -> Moment:
        """The first equation of the sequence at hand, forward."""
        return self._move(
            Position(self.position.iteration, self.position.sequence, "forward", 1, 0)
        )

    def to_end(self) -> Moment:
        """The last equation of the sequence at hand, forward."""
        sequence = self.position.sequence
        last = len(self.file.model.equations) - 1
        length = self._iteration.traces[sequence].length
        return self._move(Position(self.position.iteration, sequence, "forward", length, last))

    def to_timestep(self, t: int) -> Moment:
        """The same phase and equation at timestep t of the sequence at hand."""
        length = self._iteration.traces[self.position.sequence].length
        phase = "forward" if self.position.phase == "update" else self.position.phase
        equation = self.position.equation if phase == self.position.phase else 0
        t = min(max(t, 1), length)
        return self._move(
            Position(self.position.iteration, self.position.sequence, phase, t, equation)
        )

    def restart(self) -> Moment:
        """Iteration 0 with its initial parameters; what was learned is forgotten."""
        self.history = History(self.trainer, self._start)
        self._show(self.trainer.iterate(self._start))
        self.history.remember_loss(0, self._iteration.loss)
        return self._move(Position(0, 0, "forward", 1, 0), "Restarted from the initial parameters.")

    def select(self, quantity: str) -> Moment:
        """Pick out a quantity or a parameter."""
        self.selected = quantity
        return self._stay("")

    def select_next(self, by: int = 1) -> Moment:
        """Pick out the next quantity down the list (or up, for by = −1); around at the ends."""
        names = self.quantities
        current = self.selected or bare(self.moment.equation.target)
        start = names.index(current) if current in names else 0
        return self.select(names[(start + by) % len(names)])

    # --- how moves are made ---

    def _timeline(self, iteration: Iteration) -> Timeline:
        program = self.file.program
        return Timeline(
            [trace.length for trace in iteration.traces],
            forward=len(program.model.equations),
            backward=len(program.backward),
            initial=len(initial_gradients(program)),
            update=len(self._update_equations()),
        )

    def _update_equations(self) -> tuple[UpdateEquation, ...]:
        trains = self.file.model.objective is not None
        return self.trainer.optimiser.equations if trains else ()

    def _stop(self) -> Stop:
        timeline = self._timeline(self._iteration)
        return timeline.stop(timeline.number(self.position))

    def _next_stop(self, equation: int) -> Moment:
        timeline = self._timeline(self._iteration)
        number = timeline.number(self.position) + 1
        if number >= timeline.stops:
            start = Position(self.position.iteration, 0, "forward", 1, 0)
            return self._to_iteration(self.position.iteration + 1, start)
        stop = timeline.stop(number)
        return self._go(stop, equation if stop.phase == self.position.phase else 0)

    def _previous_stop(self, equation: int | None) -> Moment:
        """The stop before; `equation` None is its last one."""
        timeline = self._timeline(self._iteration)
        number = timeline.number(self.position) - 1
        if number < 0:
            if self.position.iteration == 0:
                return self._stay("This is the very beginning.")
            iteration = self.position.iteration - 1
            self._show(self.trainer.iterate(self.history.state(iteration)))
            timeline = self._timeline(self._iteration)
            self.position = Position(iteration, 0, "forward", 1, 0)
            stop = timeline.stop(timeline.stops - 1)
            return self._go(stop, stop.equations - 1)
        stop = timeline.stop(number)
        same = stop.phase == self.position.phase
        return self._go(stop, equation if same and equation is not None else stop.equations - 1)

    def _go(self, stop: Stop, equation: int) -> Moment:
        within = min(equation, stop.equations - 1)
        return self._move(
            Position(self.position.iteration, stop.sequence, stop.phase, stop.t, within)
        )

    def _to_iteration(self, iteration: int, like: Position) -> Moment:
        if iteration > self.position.iteration:
            after = self._iteration.after
            if after is None:
                return self._stay(self._why_stopped())
            self.history.remember(after)
            self._show(self.trainer.iterate(after))
            self.history.remember_loss(iteration, self._iteration.loss)
        else:
            self._show(self.trainer.iterate(self.history.state(iteration)))
        return self._move(self._fitted(like, iteration))

    def _fitted(self, like: Position, iteration: int) -> Position:
        """The place `like` in an iteration whose sequences may be shorter."""
        traces = self._iteration.traces
        sequence = min(like.sequence, len(traces) - 1)
        t = min(like.t, traces[sequence].length)
        return Position(iteration, sequence, like.phase, t, like.equation)

    def _why_stopped(self) -> str:
        fault = self._iteration.fault
        if fault is not None and self.file.model.objective is not None:
            return (
                f"Training stops here: {fault}. The parameters are left as they were; "
                "go back, or open the file with a smaller learning rate."
            )
        return "There are no targets, so there is nothing to train on."

    def _show(self, iteration: Iteration) -> None:
        self._iteration = iteration
        self._cache = {}

    def _move(self, position: Position, message: str = "") -> Moment:
        self.position = position
        self.message = message
        return self.moment

    def _stay(self, message: str) -> Moment:
        self.message = message
        return self.moment

    def _checks(self) -> tuple[CheckedValue, ...]:
        """This iteration's and sequence's expectations, checked once for each trace."""
        sequence = self.position.sequence
        if ("checks", sequence) not in self._cache:
            index = self._iteration.indices[sequence]
            wanted = [
                e
                for e in self.file.expectations
                if e.iteration == self.position.iteration and e.sequence == index
            ]
            found = tuple(
                check_trace(self._iteration.traces[sequence], wanted, self._iteration.update)
            )
            self._cache["checks", sequence] = found
        checks: tuple[CheckedValue, ...] = self._cache["checks", sequence]
        return checks
