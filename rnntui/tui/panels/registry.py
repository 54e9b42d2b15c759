"""Which panels there are."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TypeVar

from rnntui.tui.panels.areas import AREAS, Area
from rnntui.tui.panels.panel import AnyPanel

PanelClass = TypeVar("PanelClass", bound="Callable[[], AnyPanel]")


@dataclass(frozen=True)
class Registration:
    """A panel before it is made.

    name: its id on the screen. title: what its frame says. about: a line for the help.
    """

    name: str
    title: str
    area: Area
    about: str
    make: Callable[[], AnyPanel]


_registered: dict[str, Registration] = {}


def panel(name: str, *, title: str, area: Area, about: str) -> Callable[[PanelClass], PanelClass]:
    """Register a panel. Raises ValueError for a name that is taken and for an unknown area."""

    def register(made: PanelClass) -> PanelClass:
        if name in _registered:
            raise ValueError(f"there is a panel {name!r} already")
        if area not in AREAS:
            raise ValueError(f"there is no area {area!r} for the panel {name!r}")
        _registered[name] = Registration(name, title, area, about, made)
        return made

    return register


def registered_panels() -> tuple[Registration, ...]:
    """All panels in the order of Tab: by area; first the one that it is named after, then by name."""
    package = import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__, f"{__package__}."):
        import_module(module.name)
    return tuple(sorted(_registered.values(), key=_order))


def _order(panel: Registration) -> tuple[int, bool, str]:
    return AREAS.index(panel.area), panel.name != panel.area, panel.name
