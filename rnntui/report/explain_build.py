"""The worked solution of one iteration: forward, losses, backward through time, gradients, update."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rnntui.data.sequence_file import SequenceFile
from rnntui.language.keys import grad
from rnntui.notation.formula import format_value
from rnntui.report.explain_document import (
    Document,
    Equations,
    Paragraph,
    Section,
    SectionBlock,
    TextTable,
    ValueList,
    WorkedLine,
    WorkedStep,
)
from rnntui.report.explain_steps import Steps
from rnntui.report.explain_walk import Walk
from rnntui.session.checks import CheckedValue
from rnntui.session.explanation import explain
from rnntui.session.moment import Moment
from rnntui.text.numbers import format_exact
from rnntui.text.problems import InputError, Problem

MOST_WORKED = 20_000  # equations of a solution: ten seconds, and more than anybody reads


def explain_document(
    file: SequenceFile,
    iteration: int = 0,
    sequence: int = 0,
    t: int | range | None = None,
    digits: int = 2,
    most: int = 6,
) -> Document:
    """The worked solution of one iteration of a sequence file.

    iteration: the one after so many updates. sequence: place in its batch, from 0.
    t: the timestep, or the timesteps, that are worked out; None is all of them. 0 is the initial state.
    digits: decimals of each number. most: components shown of each axis of a value.
    Raises InputError where there is no such iteration, sequence or timestep, and where there are more
    than MOST_WORKED equations to work out in several timesteps; those of one are always worked out.
    """
    with np.errstate(all="ignore"):  # what overflows is said where it stands
        return _Builder(
            file, Walk(file, iteration, sequence), t, Steps(file.program, digits, most)
        ).build()


class _Builder:
    def __init__(self, file: SequenceFile, walk: Walk, t: int | range | None, steps: Steps) -> None:
        self.file, self.walk, self.steps = file, walk, steps
        self.model = file.model
        self.moment: Moment = walk.start
        self.trace = self.moment.trace
        self.times = _times(t, self.trace.length)
        _check_work(walk, self.times)

    def build(self) -> Document:
        """Everything, in the order of computation."""
        sections = [*self._model(), *self._forward()]
        if self.model.objective is not None:
            sections += [*self._losses(), *self._backward(), *self._gradients(), *self._update()]
        return Document(
            title=self.file.title,
            facts=tuple(self._facts()),
            description=self.file.description,
            sections=tuple(sections),
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        iteration, position = self.moment.iteration, self.moment.position
        if self.model.title:
            yield "Model", self.model.title
        updates = position.iteration
        after = "no update yet" if not updates else f"after {updates} update{'s' * (updates > 1)}"
        yield "Iteration", f"{updates} ({after})"
        count = len(self.file.data.sequences)
        which = f"{iteration.indices[position.sequence] + 1} of {count}, " if count > 1 else ""
        batch = len(iteration.traces)
        within = f", in a batch of {batch}" if batch > 1 else ""
        length = self.trace.length
        yield "Sequence", f"{which}{length} timestep{'s' * (length > 1)}{within}"
        if self.trace.loss is not None:
            yield "Loss", format_value(self.trace.loss, max(self.steps.digits, 4))
        if self.moment.checks:
            yield "Worked answers", _verdicts(list(self.moment.checks))

    # --- what is given ---

    def _model(self) -> Iterator[Section]:
        equations = Equations(tuple(self.steps.symbols(m) for m in self.walk.forward(1)))
        source = [Paragraph(f"After {self.model.source}.")] if self.model.source else []
        yield Section("The model", 1, (*source, equations))
        if self.model.parameters:
            values = [self._given(key) for key in self.model.parameters]
            yield Section("Parameters", 2, (ValueList(tuple(values)),))
        if self.model.states:
            yield Section("Initial state", 2, tuple(self._initial()))
        if "x" in self.trace.values or "target" in self.trace.values:
            yield Section("Sequence", 2, (self._sequence(),))

    def _given(self, key: str) -> WorkedStep:
        formula = self.steps.value(self.trace.parameters[key])
        checks = [c for c in self._checks("values", key) if c.value.t is None]
        answers = tuple(self.steps.answers(checks))
        return WorkedStep("", self.steps.name(key), (WorkedLine("=", "value", formula),), answers)

    def _initial(self) -> Iterator[SectionBlock]:
        given = [self._state(s) for s in self.model.states if s not in self.model.initial]
        if given:
            yield ValueList(tuple(given))
        for state in self.model.states:
            if state in self.model.initial:
                yield self._state(state)

    def _state(self, state: str) -> WorkedStep:
        """A state at t = 0, and the expression of parameters that it is, if it is one."""
        lines = [WorkedLine("=", "value", self.steps.value(self.trace.values[state][0]))]
        if state in self.model.initial:
            formula = self.steps.initial(self.model.initial[state], self.file.program)
            lines.insert(0, WorkedLine("=", "symbols", formula))
        return WorkedStep("", self.steps.name(state, 0), tuple(lines), brief=True)

    def _sequence(self) -> TextTable:
        sequence = self.moment.sequence
        columns: list[tuple[str, list[str]]] = [("t", [str(t) for t in self._all_times])]
        if sequence.symbols:
            columns.append(("input", list(sequence.symbols)))
        if "x" in self.trace.values:
            columns.append(("x", self._over_time("x")))
        if sequence.target_symbols:
            columns.append(("target", list(sequence.target_symbols)))
        if "target" in self.trace.values:
            header = "target as numbers" if sequence.target_symbols else "target"
            columns.append((header, self._over_time("target")))
        if not np.all(self.trace.sequence.mask == 1):
            columns.append(("mask", [format_exact(m) for m in self.trace.sequence.mask.tolist()]))
        return _table(columns)

    @property
    def _all_times(self) -> range:
        return range(1, self.trace.length + 1)

    def _over_time(self, key: str) -> list[str]:
        values = self.trace.values[key]
        return [
            format_value(values[t], self.steps.digits, self.steps.most) for t in self._all_times
        ]

    # --- forward and backward ---

    def _forward(self) -> Iterator[Section]:
        yield Section("Forward", 1)
        for t in self.times:
            if t > 0:
                steps = tuple(self.steps.working(moment) for moment in self.walk.forward(t))
                yield Section(self._at(t), 2, steps)

    def _backward(self) -> Iterator[Section]:
        how = "Backward through time" if self.trace.length > 1 else "Backward"
        yield Section(how, 1)
        for t in reversed(self.times):
            steps: list[WorkedStep] = []
            uses: list[WorkedStep] = []
            for moment in self.walk.backward(t):
                of_parameter = moment.quantity in self.trace.parameters
                step = self.steps.working(moment, brief=of_parameter)
                (uses if of_parameter else steps).append(step)
            if steps or uses:
                yield Section(self._at(t), 2, tuple(steps))
            if uses:
                where = f"t = {t}" if t else "the initial state"
                title = f"What the use of the parameters at {where} adds to their gradients"
                yield Section(title, 3, tuple(uses))

    def _at(self, t: int) -> str:
        sequence = self.moment.sequence
        if t == 0:
            return "t = 0, the initial state"
        parts = [f"t = {t}"]
        if sequence.symbols:
            parts.append(f"input {sequence.symbols[t - 1]}")
        if sequence.target_symbols:
            parts.append(f"target {sequence.target_symbols[t - 1]}")
        return ", ".join(parts)

    # --- sums over time ---

    def _losses(self) -> Iterator[Section]:
        objective = self.model.objective
        assert objective is not None
        trace, steps = self.trace, self.steps
        digits = max(steps.digits, 4)
        losses, weights = trace.values[objective][1:], trace.weights[1:]
        blocks: list[SectionBlock] = [self._loss_table(objective)]
        counted = [t for t in self._all_times if trace.weights[t] != 0]
        alike = len({float(w) for w in weights[weights != 0]}) <= 1
        plain = bool(np.all(weights == 1))
        series = steps.series(objective, 1, trace.length, weighted=not plain)
        lines = [WorkedLine("=", "symbols", series)] if trace.length > 1 or not plain else []
        if alike and counted:
            terms = steps.total(
                [losses[t - 1] for t in counted], float(weights[counted[0] - 1]), digits
            )
        else:
            terms = steps.total(
                [weights[t - 1] * losses[t - 1] for t in counted] or [0.0], 1.0, digits
            )
        value = steps.value(np.float64(trace.loss), digits)
        if str(terms) != str(value):
            lines.append(WorkedLine("=", "numbers", terms))
        lines.append(WorkedLine("=", "value", value))
        answers = tuple(steps.answers(self._checks("loss")))
        blocks.append(WorkedStep("loss of the sequence", steps.name("L"), tuple(lines), answers))
        iteration = self.moment.iteration
        if len(iteration.traces) > 1:
            mean = steps.total(
                [other.loss for other in iteration.traces], 1 / len(iteration.traces), digits
            )
            value = steps.value(np.float64(iteration.loss), digits)
            both = (WorkedLine("=", "numbers", mean), WorkedLine("=", "value", value))
            blocks.append(WorkedStep("loss averaged over the batch", steps.name("L_batch"), both))
        yield Section("Loss", 1, tuple(blocks))

    def _loss_table(self, objective: str) -> TextTable:
        columns: list[tuple[str, list[str]]] = [("t", [str(t) for t in self._all_times])]
        if self.moment.sequence.symbols:
            columns.append(("input", list(self.moment.sequence.symbols)))
        columns += [
            (key, self._over_time(key)) for key in ("y", "target") if key in self.trace.values
        ]
        columns.append((objective, self._over_time(objective)))
        if not np.all(self.trace.weights[1:] == 1):
            weights = [format_value(w, self.steps.digits) for w in self.trace.weights[1:]]
            columns.append(("weight", weights))
        return _table(columns)

    def _gradients(self) -> Iterator[Section]:
        initial = {m.quantity: explain(m).result for m in self.walk.backward(0)}
        blocks: list[SectionBlock] = []
        for key in self.trace.parameters:
            use = list(self.moment.by_use[key])
            blocks.append(self._gradient(key, use, initial.get(key)))
            by_loss = self._checks("gradients_by_loss", key)
            if by_loss:
                answers = tuple(self.steps.answers_over_time(by_loss, "by loss"))
                terms = self.steps.total(list(self.moment.by_loss[key]))
                line = (WorkedLine("=", "numbers", terms),)
                target = self.steps.name(grad(key))
                blocks.append(
                    WorkedStep("the same by the timestep whose loss it is", target, line, answers)
                )
            if len(self.moment.iteration.traces) > 1:
                blocks.append(self._batch_gradient(key))
        if blocks:
            yield Section("Gradients of the parameters", 1, tuple(blocks))

    def _gradient(self, key: str, use: list[np.ndarray], initial: object) -> WorkedStep:
        steps, name = self.steps, grad(key)
        terms = use if initial is None else [initial, *use]
        lines = []
        if len(terms) > 1:
            first = 1 if initial is None else 0
            lines.append(WorkedLine("=", "symbols", steps.series(name, first, self.trace.length)))
            lines.append(WorkedLine("=", "numbers", steps.total(terms)))
        value = steps.value(self.trace.parameter_gradients[key])
        lines.append(WorkedLine("=", "value", value))
        summed = [c for c in self._checks("gradients", key) if c.value.t is None]
        answers = (
            *steps.answers(summed),
            *steps.answers_over_time(self._checks("gradients_by_use", key), "by use"),
        )
        return WorkedStep("", steps.name(name), tuple(lines), answers, brief=True)

    def _batch_gradient(self, key: str) -> WorkedStep:
        iteration = self.moment.iteration
        each = [trace.parameter_gradients[key] for trace in iteration.traces]
        lines = (
            WorkedLine("=", "numbers", self.steps.total(each, 1 / len(each))),
            WorkedLine("=", "value", self.steps.value(iteration.gradients[key])),
        )
        title = "averaged over the sequences of the batch"
        return WorkedStep(title, self.steps.name(grad(key)), lines)

    # --- update ---

    def _update(self) -> Iterator[Section]:
        blocks: list[SectionBlock] = [self.steps.working(moment) for moment in self.walk.update()]
        fixed = [key for key in self.trace.parameters if key in self.file.training.fixed]
        if fixed:
            verb = "stays as it is" if len(fixed) == 1 else "stay as they are"
            blocks.append(Paragraph(f"{', '.join(fixed)} {verb}."))
        fault = self.moment.iteration.fault
        if fault is not None:
            blocks.append(
                Paragraph(f"Training stops here: {fault}. The parameters are left as they were.")
            )
        if blocks:
            yield Section("Update", 1, tuple(blocks))

    def _checks(self, kind: str, name: str | None = None) -> list[CheckedValue]:
        return [
            check
            for check in self.moment.checks
            if check.value.kind == kind and name in (None, check.value.name)
        ]


def _times(t: int | range | None, length: int) -> range:
    """The timesteps asked for, in order, as far as the sequence has them."""
    if t is None:
        return range(length + 1)
    asked = range(t, t + 1) if isinstance(t, int) else t
    times = range(max(asked.start, 0), min(asked.stop, length + 1))
    if not times:
        raise InputError(
            Problem(f"there is no such timestep: the sequence has t = 1 … {length}", None)
        )
    return times


def _check_work(walk: Walk, times: range) -> None:
    """Refuse more equations than are worked out, with how many timesteps would do."""
    count = walk.count(times)
    if count <= MOST_WORKED or len(times) == 1:
        return
    first = max(times.start, 1)
    fitting = MOST_WORKED // max(walk.count(range(first, first + 1)), 1)
    last = min(first + min(fitting, 50) - 1, times.stop - 1)
    span = f"{first}-{last}" if last > first else str(first)
    message = (
        f"timesteps {times.start} to {times.stop - 1} have {count:,} equations to work out, "
        f"and {MOST_WORKED:,} are the most"
    )
    raise InputError(Problem(message, None, f"ask for fewer timesteps, such as --t {span}"))


def _table(columns: list[tuple[str, list[str]]]) -> TextTable:
    header = tuple(name for name, _ in columns)
    align = "".join("r" if name in ("t", "loss") else "l" for name in header)
    return TextTable(header, align, tuple(zip(*(cells for _, cells in columns), strict=True)))


def _verdicts(checks: list[CheckedValue]) -> str:
    words = {"mistake": "wrong as announced"}
    statuses = [words.get(check.status, check.status) for check in checks]
    return ", ".join(f"{statuses.count(s)} {s}" for s in dict.fromkeys(statuses))
