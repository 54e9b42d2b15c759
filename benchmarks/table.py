"""Tables in Markdown, and numbers as they stand in them."""

from __future__ import annotations

from collections.abc import Sequence


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns are aligned in the source too: the first to the left, others right."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = [head, *rows]
    text = [
        "| " + " | ".join(_padded(c, w, n) for n, (c, w) in enumerate(zip(cells, widths))) + " |"  # noqa: B905
        for cells in lines
    ]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([text[0], "| " + " | ".join(rule) + " |", *text[1:]])


def _padded(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)


def number(value: float) -> str:
    """About three digits: 8.42, 84.2, 842, 8,420."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(value: float) -> str:
    """A ratio: 84×, 2.1×."""
    return f"{number(value)}×"
