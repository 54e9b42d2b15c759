"""Whether a piece of LaTeX is well formed: brackets, environments, and only commands that are known."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\\begin\{(\w+\*?)\}|\\end\{(\w+\*?)\}|\\(left|right)\b|\\([a-zA-Z]+)|(\\.)|([{}&])"
)

COMMANDS = set(
    re.findall(
        r"\w+",
        """
        sigma tanh exp log min max mathrm mathbf frac partial odot cdot otimes times
        Vert vert langle rangle sqrt top infty cdots vdots ddots dots leq geq neq
        leftarrow hat bar tilde sum quad qquad text phantom Theta alpha beta eta epsilon
        ss
        """,
    )
)


def check_latex(text: str, known: set[str] = COMMANDS) -> None:
    """Raise an AssertionError where `text` would not compile in math mode."""
    stack: list[str] = []
    for begin, end, side, command, _, sign in _TOKEN.findall(text):
        if begin:
            stack.append(begin)
        elif end:
            assert stack.pop() == end, text
        elif side == "left":
            stack.append("left")
        elif side == "right":
            assert stack.pop() == "left", text
        elif sign == "{":
            stack.append("{")
        elif sign == "}":
            assert stack.pop() == "{", text
        elif sign == "&":
            assert stack, text
            assert stack[-1] in ALIGNED, text
        elif command:
            assert command in known, command
    assert not stack, text


ALIGNED = ("bmatrix", "cases", "aligned", "align*", "longtable", "tabular")
