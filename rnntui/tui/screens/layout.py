"""The panels: what they are called, and which are side by side at which size of the terminal."""

from __future__ import annotations

from dataclasses import dataclass

TITLES = {
    "sequence": "Sequence",
    "equation": "Equation",
    "quantities": "Gates & states",
    "weights": "Weights",
    "gradients": "Gradients",
    "loss": "Loss",
    "hidden": "Hidden space",
}
"""The panels in the order of Tab, and what their frames say."""


@dataclass(frozen=True)
class Layout:
    """A layout is a CSS class of #panels (theme.tcss) and the places there are.

    places: the panels that share each place, the one that is in front at first first.
    """

    name: str
    width: int
    height: int
    places: tuple[tuple[str, ...], ...]

    def place_of(self, panel: str) -> tuple[str, ...]:
        """The panels that share the place of this one, itself among them."""
        return next(place for place in self.places if panel in place)


LAYOUTS = (
    Layout(
        "wide",
        156,
        46,
        (
            ("sequence",),
            ("equation",),
            ("quantities",),
            ("weights",),
            ("gradients",),
            ("loss",),
            ("hidden",),
        ),
    ),
    Layout(
        "medium",
        100,
        34,
        (
            ("sequence",),
            ("equation",),
            ("quantities",),
            ("weights", "gradients"),
            ("loss",),
            ("hidden",),
        ),
    ),
    Layout(
        "small",
        60,
        20,
        (
            ("sequence",),
            ("equation",),
            ("quantities", "weights", "gradients", "loss", "hidden"),
        ),
    ),
    Layout(
        "tiny",
        0,
        0,
        (("equation", "sequence", "quantities", "weights", "gradients", "loss", "hidden"),),
    ),
)


def layout_for(width: int, height: int) -> Layout:
    """The most spacious layout that fits a terminal of this size."""
    return next(layout for layout in LAYOUTS if width >= layout.width and height >= layout.height)
