"""Generated code: bound once, run again and again; equations of one form are computed as one."""

from __future__ import annotations

import numpy as np
import pytest

from rnntui.compile import over_time
from rnntui.compile.gate_fusion import GateFusion
from rnntui.compile.in_place import WRITING
from rnntui.compile.inlining import inlined, needed
from rnntui.compile.passes import forward_pass
from rnntui.compile.recurrence import Hoisting
from rnntui.compile.workspace import Workspace
from rnntui.language.functions import FUNCTIONS
from rnntui.language.parse import parse_equations
from rnntui.language.program import Program, bind
from rnntui.language.tree import Expression, Name, names
from rnntui.models.library import load_model


class TestInPlace:
    """The functions that write into an array have the values of those that make one."""

    @pytest.mark.parametrize("name", WRITING)
    def test_the_same_bits(self, name: str) -> None:
        generator = np.random.default_rng(0)
        arguments = generator.normal(0, 2, (FUNCTIONS[name].least, 3, 5))
        arguments[0, 0] = 0.0
        with np.errstate(all="ignore"):
            expected = FUNCTIONS[name].value(*arguments)
            out = np.empty((3, 5))
            WRITING[name](*arguments, out)
            assert out.tobytes() == np.asarray(expected).tobytes()
            WRITING[name](*arguments, arguments[0])  # the output may be the first argument
            assert arguments[0].tobytes() == out.tobytes()


class TestWorkspace:
    def test_what_is_released_is_used_again(self) -> None:
        work = Workspace()
        first = work.buffer((3,))
        assert work.buffer((3,)).text != first.text
        work.release(first)
        assert work.buffer((3,), "T").text != first.text  # another shape
        assert work.buffer((3,)).text == first.text

    def test_a_view_releases_its_array(self) -> None:
        work = Workspace()
        whole = work.buffer((3, 2))
        work.release(work.view(whole, ".T", (2, 3)))
        assert work.buffer((3, 2)).text == whole.text

    def test_views_are_made_once(self) -> None:
        work = Workspace()
        assert work.prepared("q_h[1:]") == work.prepared("q_h[1:]")
        assert len(work.lines) == 1


def arrays_of(program: Program, length: int, seed: int) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    timed = {equation.target for equation in program.assignments} | {"x", "target"}
    return {
        key: generator.uniform(0.1, 1, (length + 1, *shape) if key in timed else shape)
        for key, shape in program.shapes.items()
    }


class TestBinding:
    def test_running_again_is_running_anew(self) -> None:
        program = bind(load_model("lstm"), {"x": (3,), "target": (2,)}, {"hidden": 4}, {})
        kept = arrays_of(program, 6, 0)
        run = forward_pass(program).bind(6, kept)
        for seed in (1, 2):
            fresh = arrays_of(program, 6, seed)
            for key, array in fresh.items():
                kept[key][...] = array
            run()
            forward_pass(program)(6, fresh)
            assert all(kept[key].tobytes() == fresh[key].tobytes() for key in fresh)

    def test_long_sequences_without_a_list_of_views(self, monkeypatch: pytest.MonkeyPatch) -> None:
        program = bind(load_model("lstm"), {"x": (3,), "target": (2,)}, {"hidden": 4}, {})
        listed, lazy = arrays_of(program, 9, 0), arrays_of(program, 9, 0)
        forward_pass(program)(9, listed)
        monkeypatch.setattr(over_time, "_LISTED", 8)
        run = forward_pass(program).bind(9, lazy)
        for _ in range(2):
            run()
            assert all(lazy[key].tobytes() == listed[key].tobytes() for key in lazy)


def fusion_of(text: str, *constant: str) -> tuple[GateFusion, list[tuple[str, ...]]]:
    equations = {equation.target: equation.expression for equation in parse_equations(text)}
    shapes = dict.fromkeys([*equations, "a", "b", "c"], (3,)) | dict.fromkeys(constant, (3, 3))
    fusion = GateFusion(list(equations), shapes, lambda key: key in constant)
    return fusion, [step.targets for step in fusion.steps(equations)]


class TestGateFusion:
    def test_gates_are_one_and_neighbours_by_their_use(self) -> None:
        text = "p = U @ h[t-1] + a\nq = V @ h[t-1] + b\nr = W @ h[t-1] + c\n"
        text += "i = sigmoid(p)\ng = tanh(q)\no = sigmoid(r)\nh = i * g + o\n"
        _, steps = fusion_of(text, "U", "V", "W")
        assert steps == [("p", "r", "q"), ("i", "o"), ("g",), ("h",)]

    def test_one_that_needs_the_other_stays_alone(self) -> None:
        _, steps = fusion_of("p = U @ h[t-1] + a\nh = V @ h[t-1] + p\n", "U", "V")
        assert steps == [("p",), ("h",)]

    def test_different_vectors_are_different_products(self) -> None:
        _, steps = fusion_of("p = U @ h[t-1]\nh = V @ p[t-1]\n", "U", "V")
        assert steps == [("p",), ("h",)]

    def test_a_sum_of_products_is_one(self) -> None:
        fusion, _ = fusion_of("p = tanh(a)\nq = a * b\n", "U", "V")
        (line,) = parse_equations("h = U @ p[t-1] + a + V @ q[t-1]")
        found = fusion.products(line.expression)
        assert sum(name.key.startswith("fused") for name in _names(found)) == 2
        assert list(fusion.arrays.values()) == [("p", "q")]

    def test_products_with_matrices_are_not(self) -> None:
        shapes = dict.fromkeys("ABUV", (3, 3))
        fusion = GateFusion(["A", "B"], shapes, lambda key: key in "UV")
        (line,) = parse_equations("h = U @ A[t-1] + V @ B[t-1]")
        assert fusion.products(line.expression) == line.expression

    def test_what_cannot_be_fused_is_each_by_itself(self) -> None:
        _, steps = fusion_of("p = h[t-1][0:3]\nq = h[t-1][0:3]\nh = p + q\n")
        assert steps == [("p",), ("q",), ("h",)]


def _names(node: Expression) -> list[Name]:
    return list(names(node))


class TestInlining:
    program = bind(load_model("lstm-one-bias"), {"x": (3,), "target": (2,)}, {"hidden": 4}, {})

    def test_multiples_of_a_gradient_leave_the_loop(self) -> None:
        parameters = self.program.model.parameters
        found = {e.of: e for e in inlined(self.program.backward, parameters)}
        used = {name.key for name in _names(found["pre(i)"].within)}
        assert "grad(c)" in used
        assert "grad(i)" not in used
        hoisting = Hoisting(["grad(c)"], lambda _: Name("rest"))
        rest = hoisting.rest(found["pre(i)"].within)
        assert [name.key for name in _names(rest)] == ["grad(c)", "rest"]

    def test_training_leaves_out_what_is_for_looking_at(self) -> None:
        parameters = self.program.model.parameters
        equations = inlined(self.program.backward, parameters)
        wanted = [e for e in equations if e.of in parameters]
        kept = {e.of for e in needed(equations, wanted)}
        assert kept >= {*parameters, "pre(i)", "c", "h"}
        assert not kept & {"x", "i", "f", "g", "o"}
