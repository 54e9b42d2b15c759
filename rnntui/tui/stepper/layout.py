"""Which areas are side by side at which size, and which share a place."""

from __future__ import annotations

from dataclasses import dataclass

from rnntui.tui.panels.areas import Area


@dataclass(frozen=True)
class Slot:
    """A place of the grid.

    areas: those that share it; the one in front at first comes first. columns: how many it spans.
    """

    areas: tuple[Area, ...]
    columns: int = 1


@dataclass(frozen=True)
class Layout:
    """A grid for a view of at least (width, height) cells.

    columns: of the grid. rows: their heights, as CSS writes them.
    """

    name: str
    width: int
    height: int
    columns: int
    rows: str
    slots: tuple[Slot, ...]


LAYOUTS = (
    Layout(
        "wide",
        width=156,
        height=45,
        columns=6,
        rows="7 1fr 1fr",
        slots=(
            Slot(("sequence",), columns=6),
            Slot(("equation",), columns=2),
            Slot(("quantities",), columns=2),
            Slot(("weights",), columns=2),
            Slot(("gradients",), columns=2),
            Slot(("loss",), columns=2),
            Slot(("hidden",), columns=2),
        ),
    ),
    Layout(
        "medium",
        width=100,
        height=33,
        columns=6,
        rows="7 1fr 1fr",
        slots=(
            Slot(("sequence",), columns=6),
            Slot(("equation",), columns=3),
            Slot(("quantities",), columns=3),
            Slot(("weights", "gradients"), columns=2),
            Slot(("loss",), columns=2),
            Slot(("hidden",), columns=2),
        ),
    ),
    Layout(
        "small",
        width=60,
        height=19,
        columns=1,
        rows="5 3fr 2fr",
        slots=(
            Slot(("sequence",)),
            Slot(("equation",)),
            Slot(("quantities", "weights", "gradients", "loss", "hidden")),
        ),
    ),
    Layout(
        "tiny",
        width=0,
        height=0,
        columns=1,
        rows="1fr",
        slots=(
            Slot(("equation", "sequence", "quantities", "weights", "gradients", "loss", "hidden")),
        ),
    ),
)


def layout_for(width: int, height: int) -> Layout:
    """The most spacious layout that fits a view of this size."""
    return next(layout for layout in LAYOUTS if width >= layout.width and height >= layout.height)
