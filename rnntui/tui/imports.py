"""What takes long to import, imported by a thread while something else is on screen already."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnntui.tui.screens.stepper import StepperScreen


def import_stepper() -> type[StepperScreen]:
    """The stepper, and with it everything that computes."""
    from rnntui.tui.screens.stepper import StepperScreen

    return StepperScreen


def import_plots() -> None:
    """What the plots import when they are first drawn; numpy.ma is what np.unique imports."""
    for name in ("plotext", "numpy.ma"):
        import_module(name)
