"""What takes long to import, imported by a thread while something else is on screen already."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnntui.data.sequence_file import SequenceFile
    from rnntui.session.session import Session


def open_session(file: SequenceFile, memory: int) -> Session:
    """A session of a file, and imported what shows it. memory: MB that its history may take."""
    import_session()
    from rnntui.session.limits import MEGABYTE
    from rnntui.session.session import Session

    return Session(file, memory * MEGABYTE)


def import_session() -> None:
    """What computes, and what panels import when they are first painted."""
    import_module("rnntui.session.session")
    for package in map(import_module, ("rnntui.session.views", "rnntui.tui.drawing")):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)


def import_plots() -> None:
    """What the plots import when they are first drawn; numpy.ma is what np.unique imports."""
    for name in ("plotext", "numpy.ma"):
        import_module(name)
