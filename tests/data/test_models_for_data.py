"""Data that comes without a model: the one that options choose, and what fits the data of it."""

# ruff: noqa: E501  (what is printed stands on one line)

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from reading_data import opened, read, said

from rnntui.data.formats.options import ModelOptions, sequence_file_from_data
from rnntui.data.formats.readouts import target_kind
from rnntui.data.sequence_file import SequenceFile
from rnntui.language.source_text import equation_text
from rnntui.models.library import model_names

pytestmark = pytest.mark.filterwarnings("error")


class TestModels:
    """The model that options choose, with a readout and a loss that fit the targets."""

    FITTING: ClassVar = {
        "probabilities": ["y = softmax(W_hy @ h + b_y)", "loss = cross_entropy(y, target)"],
        "binary": ["y = sigmoid(W_hy @ h + b_y)", "loss = binary_cross_entropy(y, target)"],
        "numbers": ["y = W_hy @ h + b_y", "loss = squared_error(y, target)"],
    }

    @staticmethod
    def ends(file: SequenceFile) -> list[str]:
        return [equation_text(e) for e in file.model.equations if e.target in ("y", "loss")]

    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            ("x,y\nA,B\nB,A\n", "probabilities"),
            ("x,y1,y2\n1,.25,.75\n2,1,0\n", "probabilities"),
            ("x,y\n1,0\n2,1\n", "binary"),
            ("x,y1,y2\n1,1,1\n2,1,0\n", "binary"),
            ("x,y,mask\n1,1,1\n2,99,0\n", "binary"),
            ("x,y\n1,0.5\n2,1\n", "numbers"),
            ("x,y1,y2\n1,-1,2\n2,1,0\n", "numbers"),
            ("x,y1,y2\n1,1e308,1e308\n2,1,0\n", "numbers"),  # whose sum is not a number
        ],
    )
    def test_defaults_by_the_targets(self, content: str, kind: str) -> None:
        file = opened("f.csv", content, options=ModelOptions(model="gru", hidden=3))
        assert target_kind(file.data) == kind
        assert self.ends(file) == self.FITTING[kind]
        assert file.program.shapes["h"] == (3,)

    def test_a_model_s_own_that_fits_is_kept(self) -> None:
        table = "x1,x2,y\n1,0,0\n0,1,1\n"
        file = opened("f.csv", table, options=ModelOptions(model="carousel"))
        assert self.ends(file) == ["y = sigmoid(w3 * s)", "loss = binary_kl_divergence(y, target)"]

    @pytest.mark.parametrize("model", model_names())
    @pytest.mark.parametrize("target", ["next", "given", "none"])
    def test_every_model_opens_a_table(self, model: str, target: str) -> None:
        table = "x1,x2,y\n1,0,0\n0,1,0.5\n1,1,2\n"
        options = ModelOptions(model=model, target=target)
        if model.startswith("carousel") and target == "next":
            pytest.skip("its readout is a scalar, the next input is a vector")
        file = opened("f.csv", table, options=options)
        assert file.model.objective == (None if target == "none" else "loss")
        assert file.data.sequences[0].length == (2 if target == "next" else 3)

    def test_next_inputs(self) -> None:
        table = "x,mask\n1,1\n2,2\n3,3\n\n4,4\n5,5\n"
        file = opened("f.csv", table, options=ModelOptions(target="next"))
        one, other = file.data.sequences
        assert one.inputs is not None
        assert one.targets is not None
        assert (one.inputs.tolist(), one.targets.tolist()) == ([[1], [2]], [[2], [3]])
        assert (one.mask.tolist(), other.mask.tolist()) == ([1, 2], [4])

    def test_own_readout_loss_and_training(self) -> None:
        options = ModelOptions(
            readout="y = tanh(V @ h)", loss="mean((y - target)**2)", optimizer="adam",
            learning_rate=0.02, iterations=7, batch="all", seed=5,
        )  # fmt: skip
        file = opened("a b.csv", "x,y\n1,2\n", options=options, overrides=["training.beta1=0.8"])
        assert self.ends(file) == ["y = tanh(V @ h)", "loss = mean((y - target) ** 2)"]
        training = file.training
        assert (training.optimizer, training.learning_rate, training.iterations) == (
            "adam",
            0.02,
            7,
        )
        assert (training.batch, training.seed, training.hyperparameters["beta1"]) == (None, 5, 0.8)
        assert (file.title, file.description) == ("a b", "1 sequence, 1 timestep.")

    def test_what_a_file_is_called(self) -> None:
        data = read("f.csv", "x,y\nA,1\n")
        for file, title in (
            ("a/b/c.csv.gz", "c"),
            ('say "hi".csv', 'say "hi"'),
            ("\x1b[31m\x7f.csv", "\\x1b[31m\\x7f"),
            ("standard input", "standard input"),
        ):
            made = sequence_file_from_data(data, file)
            assert (made.file, made.title) == (file, title)


class TestOptions:
    """Options that fit neither the file nor the model."""

    TABLE = b"x1,x2,y\n1,2,0\n1,3,1\n"

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (ModelOptions(model="lsmt"), "there is no model `lsmt`; did you mean `lstm`?"),
            (ModelOptions(target="nxt"), "there are no targets `nxt`; did you mean `next`?"),
            (
                ModelOptions(hidden=0),
                "the options, line 8, column 10: `hidden` is a whole number from 1 on; not `0`\n    hidden = 0\n             ^",
            ),
            (
                ModelOptions(batch="al"),
                'the options, line 11, column 9: `batch` is a number of sequences; "all" for the whole set\n    batch = "al"\n            ^',
            ),
            (
                ModelOptions(loss="squared_eror(y, target)"),
                "the options, line 5, column 9: `squared_eror` is not a function of the language; did you mean `squared_error`?\n            squared_eror(y, target)\n            ^",
            ),
        ],
    )
    def test_what_is_said(self, tmp_path: Path, options: ModelOptions, message: str) -> None:
        assert said(tmp_path, "f.csv", self.TABLE, options=options) == message

    def test_targets_that_are_not_there(self, tmp_path: Path) -> None:
        given = ModelOptions(target="given")
        message = "f.csv: there are no targets; name columns y\u2026 or target\u2026, or predict the next input: --target next"
        assert said(tmp_path, "f.csv", b"x\n1\n", options=given) == message

    def test_sequence_files_have_their_own(self, tmp_path: Path) -> None:
        toml = b'model = "elman"\n[data]\nlength = 1\n'
        message = "a sequence file has a model and settings of its own; leave the options out, or change the file"
        assert said(tmp_path, "f.toml", toml, options=ModelOptions(hidden=3)) == message
        assert said(tmp_path, "f", toml, options=ModelOptions(hidden=3)) == message

    def test_format_that_is_not_there(self, tmp_path: Path) -> None:
        message = "there is no format `cvs`; did you mean `csv`?"
        assert said(tmp_path, "f", self.TABLE, kind="cvs") == message

    def test_overrides(self, tmp_path: Path) -> None:
        shown = said(tmp_path, "f.csv", self.TABLE, overrides=["training.beta9=1"])
        assert "`beta9` is not a key of [training]; did you mean `beta2`?" in shown
