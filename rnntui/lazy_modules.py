"""Packages whose modules are imported when they are first used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType


def imported_when_used(package: str) -> Callable[[str], ModuleType]:
    """A package's `__getattr__` (PEP 562), which imports the module of that name.

    Who imports the package alone may name all of its modules and has imported none.
    """

    def module(name: str) -> ModuleType:
        path = f"{package}.{name}"
        try:
            return import_module(path)
        except ModuleNotFoundError as error:
            if error.name != path:  # the module is there; what it imports is not
                raise
            raise AttributeError(f"module {package!r} has no attribute {name!r}") from None

    return module
