"""The session: where the user stands, and every way to move. No screen, no printing."""

from __future__ import annotations

from time import thread_time
from typing import Any

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.compile_ahead import compile_beside
from rnntui.engine.compiled_engine import compiler_available
from rnntui.engine.optimiser import UpdateEquation
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Iteration
from rnntui.session.checks import CheckedValue, about_updates, check_trace, start_training
from rnntui.session.course import Course
from rnntui.session.limits import MEGABYTE, MEMORY
from rnntui.session.moment import Moment, bare, initial_gradients
from rnntui.session.progress import Progress
from rnntui.session.runner import Runner
from rnntui.session.timeline import Position, Stop, Timeline

_AT_ONCE = 0.01  # seconds that training on to an iteration may take while a key waits


class Session:
    """A cursor on the timeline of a sequence file. Every move gives the moment it arrives at.

    A move that cannot be made leaves the cursor where it is; the moment's `message` says why.
    Training can run beside (`run`): then `follow` goes to its newest iteration, and whoever asks
    for another iteration pauses it. memory: bytes that the history may take. compiled: change over
    to a compiled kernel once training runs, if Numba is installed.
    """

    def __init__(
        self, file: SequenceFile, memory: int = MEMORY * MEGABYTE, compiled: bool = True
    ) -> None:
        self.file = file
        self.trainer, start = start_training(file)
        trains = file.model.objective is not None
        self.course = Course(self.trainer, start, memory) if trains else None
        self._compiles = compiled and compiler_available()
        self._runner: Runner | None = None
        self._cache: dict[Any, Any] = {}
        self.selected = ""
        self.cost = 0.0  # seconds of the processor that computing this iteration took
        self._show(self._computed(start))
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
            losses=self.course.losses if self.course else (),
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
        self.pause()
        return self._to_iteration(self.position.iteration + 1, self.position)

    def previous_iteration(self) -> Moment:
        """The same place one training iteration earlier: the very same bits."""
        self.pause()
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
        self.pause()
        if self.course is not None:
            self.course.restart()
            self._show(self._computed(self.course.state(0)))
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

    # --- training beside the screen ---

    @property
    def running(self) -> bool:
        """Whether training runs."""
        runner = self._runner
        return runner is not None and runner.running

    @property
    def progress(self) -> Progress | None:
        """How far training is; None where there is nothing to train on."""
        course = self.course
        if course is None:
            return None
        runner = self._runner
        until = runner.until if runner is not None else None
        return Progress(
            self.running, course.newest, until, course.rate, course.bytes, course.memory,
            course.engine,
        )  # fmt: skip

    def run(self, until: int | None = None) -> Moment:
        """Let training run beside, as far as `until`, or as the file says, or without end."""
        self.pause()
        if self.course is None or self.course.failed:
            return self._stay(self._why_stopped())
        end = self.file.training.iterations
        if until is None and end is not None and self.course.newest < end:
            until = end
        if self._compiles:
            self.course.speed_up(compile_beside)
        self._runner = Runner(self.course, until)
        self._runner.start()
        return self._stay("")

    def hold(self) -> None:
        """Keep a run from taking turns with what is done now, such as answering a key."""
        runner = self._runner  # a move in another thread may come to its end meanwhile
        if runner is not None:
            runner.hold()

    def release(self) -> None:
        """Let a run go on."""
        runner = self._runner
        if runner is not None:
            runner.release()

    def pause(self) -> Moment:
        """Stop the run after the iteration at hand, and go there."""
        if self._runner is None:
            return self._stay("")
        self._runner.pause()
        return self.follow()

    def follow(self) -> Moment:
        """The same place in the newest iteration; once the run has ended, that is its end."""
        if self._runner is None or self.course is None:
            return self._stay("")
        ended = not self._runner.running
        if ended:
            self._runner = None
        self._arrive_in(self.course.newest_state, self.position)
        return self._stay(self._why_stopped() if ended and self.course.failed else "")

    def go_to(self, iteration: int) -> Moment:
        """The same place at an iteration; one far ahead is what training then runs to."""
        self.pause()
        if self.course is None:
            return self._stay(self._why_stopped())
        ahead = iteration - self.course.newest
        if ahead > max(self.course.rate * _AT_ONCE, 1):
            return self.run(until=iteration)
        self.course.extend(ahead)
        self._arrive(min(max(iteration, 0), self.course.newest), self.position)
        return self._stay(self._why_stopped() if iteration > self.course.newest else "")

    def close(self) -> None:
        """Leave: nothing goes on beside any more."""
        if self._runner is not None:
            self._runner.abandon()
        if self.course is not None:
            self.course.close()

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
            self.pause()
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
            self.pause()
            self._arrive(self.position.iteration - 1, Position(0, 0, "forward", 1, 0))
            timeline = self._timeline(self._iteration)
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
        if self.course is None:
            return self._stay(self._why_stopped())
        if iteration > self.course.newest and not self.course.take(self._iteration):
            self.course.extend(iteration - self.course.newest)
        if iteration > self.course.newest:
            return self._stay(self._why_stopped())
        return self._arrive(iteration, like)

    def _arrive(self, iteration: int, like: Position) -> Moment:
        """The place `like` in an iteration that has been reached."""
        assert self.course is not None, "only training comes to other iterations"
        if iteration == self._iteration.before.iteration:
            return self._move(self._fitted(like, iteration))
        return self._arrive_in(self.course.state(iteration), like)

    def _arrive_in(self, state: TrainingState, like: Position) -> Moment:
        if state.iteration != self._iteration.before.iteration:
            self._show(self._computed(state))
        return self._move(self._fitted(like, state.iteration))

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

    def _computed(self, state: TrainingState) -> Iteration:
        started = thread_time()  # not how long this thread had to wait for others
        iteration = self.trainer.iterate(state)
        self.cost = thread_time() - started
        return iteration

    def _show(self, iteration: Iteration) -> None:
        self._iteration = iteration
        self._cache = {}
        number = iteration.before.iteration
        losses = self.course.losses if self.course is not None else None
        # training knows the loss of an iteration once it has gone further
        if losses is not None and iteration.loss is not None and number == len(losses):
            losses.put(number, [iteration.loss])

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
            update = self._iteration.update if about_updates(wanted) else None
            found = tuple(check_trace(self._iteration.traces[sequence], wanted, update))
            self._cache["checks", sequence] = found
        checks: tuple[CheckedValue, ...] = self._cache["checks", sequence]
        return checks
