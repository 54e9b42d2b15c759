"""Colours for numbers, readable on a dark and on a light screen and by colour-blind eyes.

Blue against orange is the diverging pair that every common kind of colour blindness keeps apart;
the colours of series are Okabe and Ito's (2008), lightened or darkened for the background. Nothing
that is drawn with them depends on colour alone: glyphs, signs and sides say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.style import Style

if TYPE_CHECKING:
    import numpy as np

RGB = tuple[int, int, int]

_STEPS = 65  # odd, so that zero has a style of its own


@dataclass(frozen=True, eq=False)
class Palette:
    """The colours of one theme. Tables hold finished styles: looking one up costs an index."""

    dark: bool
    """Whether the background is dark."""
    diverging: tuple[Style, ...]
    """Backgrounds for -1 (blue) … 0 (neutral) … +1 (orange), and as the last one `not_finite`."""
    series: tuple[RGB, ...]
    """Eight colours that tell series or clusters apart."""
    positive: Style
    """The foreground of bars and blocks above zero."""
    negative: Style
    """The foreground of bars and blocks below zero."""
    track: Style
    """The empty part of a bar, which shows how far it could go."""
    not_finite: Style
    """Warns of NaN and infinity; reversed, so that it stands out without colour too."""
    current: Style
    """Marks the current timestep."""
    faint: RGB
    """Axes, trajectories, and what else should stay behind the data."""
    text: RGB
    """Labels and ticks."""
    cursor: RGB
    """The marker of the current point in a plot."""

    @property
    def neutral(self) -> Style:
        """The background of zero."""
        return self.diverging[_STEPS // 2].background_style

    def diverging_index(self, values: np.ndarray, scale: float) -> np.ndarray:
        """Where in `diverging` each of `values` falls when ±`scale` are the two ends."""
        import numpy as np  # which the palette itself, there before the first screen, does not need

        middle = (_STEPS - 1) / 2
        finite = np.isfinite(values)
        with np.errstate(over="ignore"):
            share = np.where(finite, values, 0.0) / (scale if scale > 0 else 1.0)
        index = np.rint(np.clip(share, -1, 1) * middle + middle)
        return np.where(finite, index, _STEPS).astype(int)


@cache
def palette_for(dark: bool) -> Palette:
    """The palette for a dark or a light background."""
    return _dark() if dark else _light()


def _dark() -> Palette:
    warning = Style(color=Color.from_rgb(255, 120, 214), bgcolor="#000000", reverse=True, bold=True)
    return Palette(
        dark=True,
        diverging=(*_table("#4aa3f0", "#1f5488", "#26282b", "#8a4b10", "#f5962a"), warning),
        series=_colours("#56b4e9 #e69f00 #1cc196 #d98bb8 #f0e442 #f0703c #7d8df5 #d0d0d0"),
        positive=Style(color="#f5a13c"),
        negative=Style(color="#56b4e9"),
        track=Style(bgcolor="#2c2f33"),
        not_finite=warning,
        current=Style(color="#ffffff", bold=True),
        faint=(98, 104, 112),
        text=(168, 174, 182),
        cursor=(255, 255, 255),
    )


def _light() -> Palette:
    warning = Style(color="#a3006b", bgcolor="#ffffff", reverse=True, bold=True)
    return Palette(
        dark=False,
        diverging=(*_table("#1b66ad", "#8dbbe3", "#f1f1ee", "#f2b679", "#d06a00"), warning),
        series=_colours("#0072b2 #c25a00 #007d5a #a8478a #8a7500 #c2281e #5b4fc4 #3a3a3a"),
        positive=Style(color="#c25a00"),
        negative=Style(color="#0072b2"),
        track=Style(bgcolor="#c6cacf"),
        not_finite=warning,
        current=Style(color="#000000", bold=True),
        faint=(150, 154, 160),
        text=(84, 88, 94),
        cursor=(0, 0, 0),
    )


def _colours(names: str) -> tuple[RGB, ...]:
    return tuple(_rgb(name) for name in names.split())


def _rgb(name: str) -> RGB:
    red, green, blue = Color.parse(name).get_truecolor()
    return red, green, blue


def _table(*anchors: str) -> list[Style]:
    """Styles evenly spaced along `anchors`: the background, and black or white to be read on it."""
    colours = _colours(" ".join(anchors))
    table = []
    for step in range(_STEPS):
        number, share = divmod(step * (len(anchors) - 1) / (_STEPS - 1), 1)
        before, after = colours[int(number)], colours[min(int(number) + 1, len(colours) - 1)]
        red, green, blue = (
            round(one + share * (other - one)) for one, other in zip(before, after, strict=True)
        )
        table.append(_readable((red, green, blue)))
    return table


def _readable(background: RGB) -> Style:
    white, black = contrast((255, 255, 255), background), contrast((0, 0, 0), background)
    ink = Color.from_rgb(255, 255, 255) if white > black else Color.from_rgb(0, 0, 0)
    return Style(color=ink, bgcolor=Color.from_rgb(*background))


def contrast(one: RGB, other: RGB) -> float:
    """The contrast ratio of two colours by WCAG 2: 1 (the same) … 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: RGB) -> float:
    shares = [channel / 255 for channel in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return sum(part * of for part, of in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
