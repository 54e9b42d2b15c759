"""The writer of LLVM's text refuses what cannot be, where it is written."""

from __future__ import annotations

import pytest
from machine import writer


def test_lanes_that_do_not_fit() -> None:
    fn = writer()
    two, four = (fn.splat(fn.number(1.0), lanes) for lanes in (2, 4))
    for wrong in (
        lambda: fn.add(two, four),
        lambda: fn.fma(two, two, four),
        lambda: fn.select(fn.compare("<", two, two), four, four),
        lambda: fn.compare("<", two, four),
        lambda: fn.extract(two, 2),
        lambda: fn.shuffle(two, four, [0, 1]),
    ):
        with pytest.raises(TypeError):
            wrong()


def test_a_condition_is_not_stored() -> None:
    fn = writer()
    one = fn.number(1.0)
    with pytest.raises(TypeError):
        fn.store(fn.compare("<", one, one), fn.arguments["p"])


def test_nothing_follows_the_end() -> None:
    fn = writer()
    fn.give_back(0)
    with pytest.raises(TypeError):
        fn.add(fn.number(1.0), fn.number(1.0))


def test_a_call_with_other_arguments() -> None:
    fn = writer()
    with fn.module.function("other", {"p": "ptr"}):
        pass
    with pytest.raises(TypeError):
        fn.call("other", 3)


def test_no_instruction_may_be_reordered() -> None:
    from rnntui.compile.training_kernel import training_kernel_text
    from rnntui.data.sequence_file import read_sequence_file
    from rnntui.data.shipped import find_file

    file = read_sequence_file(find_file("reber"))
    words = set(training_kernel_text(file.program, file.training).text.split())
    assert not words & {"fast", "reassoc", "contract", "afn", "arcp", "nnan", "ninf", "nsz"}
