"""[training], [optimizer_state], [metrics] and tasks that are refused, and what is said."""

from __future__ import annotations

import pytest
from refused_cases import cases

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.text.problems import InputError

HEAD = """\
model = "elman"
sizes.hidden = 2

[data]
one_hot = "AB"
sequence = "ABA"
targets = "BAB"

"""
TASK = """\
model = "srn"
sizes.hidden = 2

[data]
task = "anbn"

"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *cases("training", HEAD + "[training]\n"),
        *cases("optimizer_states", HEAD),
        *cases("metrics", HEAD + "[metrics]\n"),
        *cases("tasks", TASK),
        *cases("written_sequences", TASK.partition("task")[0]),
    ],
)
def test_what_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_sequence_file(text, "f.toml")
    assert str(caught.value) == said
