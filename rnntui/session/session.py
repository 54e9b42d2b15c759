"""The session: where the user stands, and every way to move. No screen, no printing."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.compiled_engine import CompiledEngine, can_compile
from rnntui.engine.state import TrainingState
from rnntui.engine.training import Iteration, Trainer
from rnntui.session.branches import Branches
from rnntui.session.checks import start_training
from rnntui.session.cursor import START, Cursor
from rnntui.session.facts import IterationFacts
from rnntui.session.history import History
from rnntui.session.limits import MEGABYTE, MEMORY
from rnntui.session.moment import Moment, initial_gradients
from rnntui.session.run_progress import RunProgress
from rnntui.session.runs import BackgroundRun, Run
from rnntui.session.timeline import Position, Timeline

_AT_ONCE = 0.01  # seconds that training on to an iteration may take while a key waits
_STRETCH = 0.04  # seconds of training between two looks at what was asked meanwhile


class Session:
    """A cursor on the timeline of a sequence file. Every move gives the moment it arrives at.

    A move that cannot be made leaves the cursor where it is; the moment's `message` says why.
    Training can run beside (`run`): then `follow` goes to its newest iteration, and whoever asks
    for another iteration pauses it. memory: bytes that the history may take. compiled: change over
    to a compiled kernel once training runs, if llvmlite is installed.
    """

    def __init__(
        self, file: SequenceFile, memory: int = MEMORY * MEGABYTE, compiled: bool = True
    ) -> None:
        trainer, start = start_training(file)
        self.branches = Branches(file, trainer, start, memory)
        self._compiles = compiled and can_compile(file.program)
        self._run: BackgroundRun | None = None
        self.selected = ""
        self.cost = 0.0  # seconds of the processor that computing this iteration took
        self._show(self._computed(start))
        self.position = START
        self.message = file.notice

    @property
    def file(self) -> SequenceFile:
        """What is stepped through: in an iteration before its branch began, its parent's."""
        return self._shown.file

    @property
    def trainer(self) -> Trainer:
        """What computes its iterations."""
        return self._shown.trainer

    @property
    def history(self) -> History | None:
        """The states and losses of the branch at hand; None where there is nothing to train on."""
        return self.branches.current.history

    @property
    def moment(self) -> Moment:
        """What there is to see here."""
        return Moment(
            file=self.file,
            position=self.position,
            facts=self._facts,
            optimiser=self.trainer.optimiser,
            losses=self.history.losses if self.history else (),
            selected=self.selected,
            message=self.message,
        )

    @property
    def quantities(self) -> tuple[str, ...]:
        """What can be selected: the quantities in order of computation, then the parameters."""
        model = self.file.model
        return (*(e.target for e in model.equations), *model.parameters)

    # --- moves within the iteration, and over its edges ---

    def next_equation(self) -> Moment:
        """One micro-step on: the next equation, timestep, phase or iteration."""
        return self._forward(self._cursor.next_equation)

    def previous_equation(self) -> Moment:
        """One micro-step back."""
        return self._back(self._cursor.previous_equation)

    def next_timestep(self) -> Moment:
        """The same equation one timestep on in the order of computation."""
        return self._forward(self._cursor.next_timestep)

    def previous_timestep(self) -> Moment:
        """The same equation one timestep back in the order of computation."""
        return self._back(self._cursor.previous_timestep)

    def to_start(self) -> Moment:
        """The first equation of the sequence at hand, forward."""
        return self._move(self._cursor.to_start(self.position))

    def to_end(self) -> Moment:
        """The last equation of the sequence at hand, forward."""
        return self._move(self._cursor.to_end(self.position))

    def to_timestep(self, t: int) -> Moment:
        """The same phase and equation at timestep t of the sequence at hand."""
        return self._move(self._cursor.to_timestep(self.position, t))

    def _forward(self, step: Callable[[Position], Position | None]) -> Moment:
        position = step(self.position)
        if position is not None:
            return self._move(position)
        self.pause()
        start = Position(self.position.iteration, 0, "forward", 1, 0)
        return self._to_iteration(self.position.iteration + 1, start)

    def _back(self, step: Callable[[Position], Position | None]) -> Moment:
        position = step(self.position)
        if position is not None:
            return self._move(position)
        if self.position.iteration == 0:
            return self._stay("This is the very beginning.")
        self.pause()
        self._arrive(self.position.iteration - 1, self._cursor.to_start(self.position))
        return self._move(self._cursor.to_last(self.position.iteration))

    # --- moves from iteration to iteration ---

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

    def go_to(self, iteration: int) -> Moment:
        """The same place at an iteration; one far ahead is what training then runs to."""
        self.pause()
        if self.history is None:
            return self._stay(self._why_stopped())
        if iteration - self.history.newest > max(self.history.rate * _AT_ONCE, 1):
            return self.run(until=iteration)
        return self.train_to(iteration)

    def train_to(self, iteration: int) -> Moment:
        """The same place at an iteration, however far ahead it is: the caller waits for it."""
        self.pause()
        if self.history is None:
            return self._stay(self._why_stopped())
        self.history.extend(iteration - self.history.newest)
        self._arrive(min(max(iteration, 0), self.history.newest), self.position)
        return self._stay(self._why_stopped() if iteration > self.history.newest else "")

    def restart(self) -> Moment:
        """Iteration 0 with its initial parameters; what was learned is forgotten."""
        self.pause()
        if self.history is not None:
            self.history.restart()
            self._show(self._computed(self.branches.current.state(0)))
        return self._move(START, "Restarted from the initial parameters.")

    # --- selecting ---

    def select(self, quantity: str) -> Moment:
        """Pick out a quantity or a parameter."""
        self.selected = quantity
        return self._stay("")

    def select_next(self, by: int = 1) -> Moment:
        """Pick out the next quantity down the list (or up, for by = −1); around at the ends."""
        names = self.quantities
        current = self.selected or self.moment.equation.target.quantity
        start = names.index(current) if current in names else 0
        return self.select(names[(start + by) % len(names)])

    # --- training beside the screen ---

    @property
    def running(self) -> bool:
        """Whether training runs."""
        run = self._run
        return run is not None and run.running

    @property
    def to_be_followed(self) -> bool:
        """Whether training runs, or has come to an end that nobody has seen yet."""
        return self._run is not None

    @property
    def progress(self) -> RunProgress | None:
        """How far training is; None where there is nothing to train on."""
        history, run = self.history, self._run
        if history is None:
            return None
        until = run.until if run is not None else None
        return RunProgress(
            self.running, history.newest, until, history.rate, history.bytes, history.memory,
            history.engine,
        )  # fmt: skip

    def run(self, until: int | None = None) -> Moment:
        """Let training run beside, as far as `until`, or as the file says, or without end."""
        self.pause()
        history = self.history
        if history is None or history.failed:
            return self._stay(self._why_stopped())
        end = self.file.training.iterations
        if until is None and end is not None and history.newest < end:
            until = end
        if self._compiles:
            history.speed_up(CompiledEngine)
        run = Run(self.branches.current.trainer, history, until, seconds=_STRETCH)
        self._run = BackgroundRun(run, lambda: not history.releases_lock)
        self._run.start()
        return self._stay("")

    def hold(self) -> None:
        """Keep a run from taking turns with what is done now, such as answering a key."""
        run = self._run  # a move in another thread may come to its end meanwhile
        if run is not None:
            run.hold()

    def release(self) -> None:
        """Let a run go on."""
        run = self._run
        if run is not None:
            run.release()

    def pause(self) -> Moment:
        """Stop the run after the iteration at hand, and go there."""
        if self._run is None:
            return self._stay("")
        self._run.pause()
        return self.follow()

    def follow(self) -> Moment:
        """The same place in the newest iteration; once the run has ended, that is its end."""
        if self._run is None or self.history is None:
            return self._stay("")
        ended = not self._run.running
        if ended:
            self._run = None
        self._arrive_in(self.history.newest_state, self.position)
        return self._stay(self._why_stopped() if ended and self.history.failed else "")

    def close(self) -> None:
        """Leave: nothing goes on beside any more."""
        if self._run is not None:
            self._run.abandon()
        self.branches.close()

    # --- how moves are made ---

    @property
    def _iteration(self) -> Iteration:
        return self._facts.iteration

    def _to_iteration(self, iteration: int, like: Position) -> Moment:
        history = self.history
        if history is None:
            return self._stay(self._why_stopped())
        if iteration > history.newest and not history.take(self._iteration):
            history.extend(iteration - history.newest)
        if iteration > history.newest:
            return self._stay(self._why_stopped())
        return self._arrive(iteration, like)

    def _arrive(self, iteration: int, like: Position) -> Moment:
        """The place `like` in an iteration that has been reached."""
        if iteration == self._iteration.before.iteration:
            return self._move(self._cursor.fitted(like, iteration))
        return self._arrive_in(self.branches.current.state(iteration), like)

    def _arrive_in(self, state: TrainingState, like: Position) -> Moment:
        if state.iteration != self._iteration.before.iteration:
            self._show(self._computed(state))
        return self._move(self._cursor.fitted(like, state.iteration))

    def _why_stopped(self) -> str:
        fault = self._iteration.fault
        if fault is not None and self.history is not None:
            return (
                f"Training stops here: {fault}. The parameters are left as they were; "
                "go back, or open the file with a smaller learning rate."
            )
        return "There are no targets, so there is nothing to train on."

    def _computed(self, state: TrainingState) -> Iteration:
        started = thread_time()  # not how long this thread had to wait for others
        iteration = self.branches.current.owner(state.iteration).trainer.iterate(state)
        self.cost = thread_time() - started
        return iteration

    def _show(self, iteration: Iteration) -> None:
        number, history = iteration.before.iteration, self.history
        self._shown = self.branches.current.owner(number)
        self._facts = IterationFacts(self.file, iteration)
        self._cursor = Cursor(_timeline(iteration, self.trainer))
        # training knows the loss of an iteration once it has gone further
        if history and iteration.loss is not None and number == len(history.losses):
            history.losses.put(number, [iteration.loss])

    def _move(self, position: Position, message: str = "") -> Moment:
        self.position = position
        self.message = message
        return self.moment

    def _stay(self, message: str) -> Moment:
        self.message = message
        return self.moment


def _timeline(iteration: Iteration, trainer: Trainer) -> Timeline:
    program = trainer.program
    trains = program.model.objective is not None
    return Timeline(
        [trace.length for trace in iteration.traces],
        forward=len(program.model.equations),
        backward=len(program.backward),
        initial=len(initial_gradients(program)),
        update=len(trainer.optimiser.equations) if trains else 0,
    )
