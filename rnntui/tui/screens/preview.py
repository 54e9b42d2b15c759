"""What a sequence file is about, at a glance: what it shows, its sequence, its equations."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from rnntui.data.sequence_file import SequenceFile
from rnntui.engine.trace import compute_trace
from rnntui.notation.formula import to_formula
from rnntui.session.checks import start_training
from rnntui.session.views.sequence import short
from rnntui.text.problems import printable
from rnntui.text.terminal_cells import cell_width, left_justified
from rnntui.tui.drawing.bars import heat_strip
from rnntui.tui.drawing.formula import formula
from rnntui.tui.drawing.palette import Palette

_SYMBOLS = 60
_COMPONENTS = 2  # of each quantity in the first run


def preview(file: SequenceFile, width: int, palette: Palette) -> RenderableType:
    """The title, the description, the sequences, the equations, a first run and the training."""
    parts: list[RenderableType] = [Text(printable(file.title), style="bold"), Text("")]
    for paragraph in file.description.split("\n\n"):
        if paragraph.strip():
            parts += [Text(printable(" ".join(paragraph.split()))), Text("")]
    parts += [_heading("Sequence"), *_sequences(file), Text("")]
    parts.append(_heading(f"Equations · {printable(file.model.title or file.model.name)}"))
    shapes = file.program.all_shapes
    for equation in file.model.equations:
        line = Text.assemble((equation.target, "bold"), " = ")
        line.append_text(formula(to_formula(equation.expression, shapes)).rich())
        parts.append(Padding(line, (0, 0, 0, 2)))
    if file.model.source:
        parts += [Text(""), Text(printable(file.model.source), style="dim italic")]
    parts += [Text(""), _heading("At iteration 0"), *_first_run(file, width, palette)]
    parts += [Text(""), _heading("Training"), Padding(Text(_training(file)), (0, 0, 0, 2))]
    answers = sum(len(e.values) for e in file.expectations)
    if answers:
        parts.append(Padding(Text(f"{answers} worked answers to hold it against"), (0, 0, 0, 2)))
    return Group(*parts)


def _heading(text: str) -> Text:
    return Text(text, style="underline")


def _sequences(file: SequenceFile) -> list[RenderableType]:
    sequences = file.data.sequences
    lines: list[RenderableType] = []
    for sequence in sequences[:4]:
        if sequence.symbols:
            text = " ".join(map(printable, sequence.symbols[:_SYMBOLS]))
        elif sequence.inputs is not None:
            text = "  ".join(short(value) for value in sequence.inputs[:8])
        else:
            text = "no input"
        more = " …" if sequence.length > (_SYMBOLS if sequence.symbols else 8) else ""
        lines.append(Padding(Text(f"{text}{more}"), (0, 0, 0, 2)))
    count = f"{len(sequences)} sequences" if len(sequences) > 1 else "1 sequence"
    lengths = sorted({sequence.length for sequence in sequences})
    spread = f"{lengths[0]}–{lengths[-1]}" if len(lengths) > 1 else f"{lengths[0]}"
    plural = "" if lengths == [1] else "s"
    lines.append(Padding(Text(f"{count} of {spread} timestep{plural}", style="dim"), (0, 0, 0, 2)))
    return lines


def _first_run(file: SequenceFile, width: int, palette: Palette) -> list[RenderableType]:
    """Every quantity over the first sequence, as strips: positive blocks stand, negative ones hang."""
    trainer, state = start_training(file)
    trace = compute_trace(
        file.program, trainer.sequences[0], state.parameters, file.training.reduction
    )
    lines: list[RenderableType] = []
    name = max(cell_width(e.target) for e in file.model.equations) + 3
    cell = max(1, min(3, (width - name - 6) // trace.length))
    for equation in file.model.equations:
        values = trace.values[equation.target][1:].reshape(trace.length, -1)
        for number in range(min(values.shape[1], _COMPONENTS)):
            label = equation.target + (f"[{number}]" if values.shape[1] > 1 else "")
            line = Text(left_justified(f"  {printable(label)}", name + 3), no_wrap=True)
            strip = heat_strip(values[:, number], width - name - 4, palette, cell_width=cell)
            lines.append(line.append_text(strip.rich()))
    return lines


def _training(file: SequenceFile) -> str:
    if file.model.objective is None:
        return "no targets, so nothing to train on"
    settings = file.training
    text = f"{settings.optimizer}, learning rate {settings.learning_rate:g}"
    if settings.iterations is not None:
        text += f", {settings.iterations} iterations"
    if settings.fixed:
        text += f", fixed: {', '.join(map(printable, settings.fixed))}"
    return text
