"""Products of matrices, tile by tile: a tile of the result stays in registers while the sum goes by.

Over time, `W @ x` is one product of matrices; so is Σ_t outer(a[t], b[t]). Every element of a tile
adds up its terms in their order, so that it does not matter where a tile begins.
"""

from __future__ import annotations

from dataclasses import dataclass

from rnntui.compile.llvm.writer import FunctionWriter, Module, Value

ROWS = 4
VECTORS = 4  # sixteen sums, four vectors of terms and a factor: what registers there are

_ARGUMENTS = {
    "c": "ptr", "c_row": "i64", "a": "ptr", "a_row": "i64", "a_step": "i64", "b": "ptr",
    "b_step": "i64", "terms": "i64",
}  # fmt: skip


@dataclass(frozen=True)
class Product:
    """c[r, :] = Σ_s a[r, s] · b[s, :], or += where it adds.

    c, a, b: pointers. *_row and *_step: distances between rows and between terms of the sum, in
    components. lanes, vectors: what a row of c and of b is made of.
    """

    c: Value
    c_row: int
    a: Value
    a_row: int
    a_step: int
    b: Value
    b_step: int
    lanes: int
    vectors: int
    adds: bool


class Tiles:
    """Writes products into functions of a module, and once each tile that they need."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._made: dict[str, None] = {}

    def product(
        self, fn: FunctionWriter, product: Product, terms: Value | int, rows: Value | int
    ) -> None:
        """The whole product; a number of rows that is known is a multiple of ROWS, or less than that."""
        blocks = [(k, VECTORS) for k in range(0, product.vectors - VECTORS + 1, VECTORS)]
        if product.vectors % VECTORS:
            blocks.append((product.vectors // VECTORS * VECTORS, product.vectors % VECTORS))
        for first, vectors in blocks:
            start = first * product.lanes
            c, b = fn.offset(product.c, start), fn.offset(product.b, start)

            def tile(
                i: Value | int, count: int, c: Value = c, b: Value = b, n: int = vectors
            ) -> None:
                fn.call(
                    self._tile(count, n, product.lanes, product.adds),
                    fn.offset(c, fn.imul(i, product.c_row)), product.c_row,
                    fn.offset(product.a, fn.imul(i, product.a_row)), product.a_row,
                    product.a_step, b, product.b_step, terms,
                )  # fmt: skip

            if isinstance(rows, int):
                with fn.loop(0, rows, ROWS if rows >= ROWS else 1) as i:
                    tile(i, ROWS if rows >= ROWS else 1)
                continue
            whole = fn.imul(fn.iquotient(rows, ROWS), ROWS)
            with fn.loop(0, whole, ROWS) as i:
                tile(i, ROWS)
            with fn.loop(whole, rows) as i:
                tile(i, 1)

    def _tile(self, rows: int, vectors: int, lanes: int, adds: bool) -> str:
        name = f"tile_{rows}_{vectors}_{lanes}_{'add' if adds else 'set'}"
        if name not in self._made:
            self._made[name] = None
            with self._module.function(name, _ARGUMENTS) as fn:
                _write_tile(fn, rows, vectors, lanes, adds)
        return name


def _write_tile(fn: FunctionWriter, rows: int, vectors: int, lanes: int, adds: bool) -> None:
    arguments = fn.arguments
    sums = [[fn.variable(lanes) for _ in range(vectors)] for _ in range(rows)]
    zero = fn.splat(fn.number(0.0), lanes) if lanes > 1 else fn.number(0.0)
    places = [(r, v) for r in range(rows) for v in range(vectors)]
    cells = {
        (r, v): fn.offset(fn.offset(arguments["c"], fn.imul(arguments["c_row"], r)), v * lanes)
        for r, v in places
    }
    for r, v in places:
        fn.store(fn.load(cells[r, v], lanes) if adds else zero, sums[r][v])
    with fn.loop(0, arguments["terms"]) as s:
        row = fn.offset(arguments["b"], fn.imul(s, arguments["b_step"]))
        terms = [fn.load(fn.offset(row, v * lanes), lanes) for v in range(vectors)]
        first = fn.offset(arguments["a"], fn.imul(s, arguments["a_step"]))
        for r in range(rows):
            number = fn.load(fn.offset(first, fn.imul(arguments["a_row"], r)), 1)
            factor = fn.splat(number, lanes) if lanes > 1 else number
            for v in range(vectors):
                fn.store(fn.fma(factor, terms[v], fn.load(sums[r][v], lanes)), sums[r][v])
    for r, v in places:
        fn.store(fn.load(sums[r][v], lanes), cells[r, v])
