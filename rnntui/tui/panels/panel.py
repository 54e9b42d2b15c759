"""What a panel is: it asks for its view of a moment, and paints that in the room there is.

A panel is no widget. It is given a view, a size and colours, and returns lines or plots; framing,
scrolling and putting them on the screen only when, and only where, they changed is done for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

from rnntui.tui.drawing.line import Line
from rnntui.tui.drawing.palette import Palette
from rnntui.tui.drawing.plot_view import Draw

if TYPE_CHECKING:
    from rnntui.session.moment import Moment

View = TypeVar("View")


@dataclass(frozen=True)
class Room:
    """What a panel has to paint in.

    width, height: cells. left: the first column of what is scrolled sideways, from 0.
    """

    width: int
    height: int
    palette: Palette
    left: int = 0


@dataclass(frozen=True)
class Rows:
    """The lines of a panel.

    lines: all of them, those out of sight too; one that is the same object as before costs nothing,
    and with `LinesWhenSeen` those out of sight are never made. anchor: the lines that have to be in
    sight. note: what the lower edge of the frame says. columns: how many there are to scroll
    sideways. later: computes, beside the screen and after a pause without keys, what takes too long
    for now; then the panel is painted again.
    """

    lines: Sequence[Line]
    anchor: range | None = None
    note: str = ""
    columns: int = 0
    later: Callable[[], object] | None = None


@dataclass(frozen=True)
class Plot:
    """A drawing function, called only when the plot is seen and `version` is other than it was."""

    draw: Draw
    version: Hashable


@dataclass(frozen=True)
class Plots:
    """The plots of a panel by name, and what the lower edge of its frame says."""

    plots: Mapping[str, Plot]
    note: str = ""


class RowsPanel(ABC, Generic[View]):
    """A panel of lines."""

    @abstractmethod
    def view(self, moment: Moment) -> View:
        """All that the panel says of a moment; asked for only when it can be seen."""

    @abstractmethod
    def rows(self, view: View, room: Room) -> Rows:
        """The lines."""


class PlotsPanel(ABC, Generic[View]):
    """A panel of plots: below each other where it is high, else side by side, else the first one."""

    names: ClassVar[tuple[str, ...]]
    """What the plots are called, the most telling one first."""

    @abstractmethod
    def view(self, moment: Moment) -> View:
        """All that the panel says of a moment; asked for only when it can be seen."""

    @abstractmethod
    def plots(self, view: View) -> Plots:
        """A plot for each name."""


AnyPanel: TypeAlias = RowsPanel[Any] | PlotsPanel[Any]
