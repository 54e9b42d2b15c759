"""The schedule of a file's training as text: what is computed once, over time, and step by step."""

from __future__ import annotations

from rnntui.compile.scheduling import training_schedule
from rnntui.compile.update_schedule import update_schedule
from rnntui.data.sequence_file import SequenceFile
from rnntui.text.problems import InputError, Problem

_ABOUT = """\
What training computes, block by block. `hoisted(n)` stands for what was taken out of a loop or needs a place
of its own, `once(n)` for what is the same at all timesteps, `common(n)` for what forward and backward share.
In [ ] is what is added where gradients flow from t + 1; in ( ) the shape."""


def schedule_text(file: SequenceFile) -> str:
    """All blocks. Raises InputError for a file with nothing to train on."""
    if file.model.objective is None:
        raise InputError(Problem("there are no targets, so there is nothing to train on"))
    lines = [_ABOUT, "", *training_schedule(file.program).lines()]
    lines += update_schedule(file.training).lines()
    return "\n".join(lines) + "\n"
