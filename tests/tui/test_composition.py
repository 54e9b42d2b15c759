"""What is put together of parts does not become a tower of classes."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import rnntui.tui


def own_classes() -> dict[str, type]:
    """Every class of the terminal."""
    modules = pkgutil.walk_packages(rnntui.tui.__path__, "rnntui.tui.")
    return {
        f"{module.name}.{name}": each
        for module in modules
        for name, each in inspect.getmembers(import_module(module.name), inspect.isclass)
        if each.__module__ == module.name
    }


def test_no_class_has_more_than_one_of_ours_above_it():
    towers = {
        name: [base.__name__ for base in each.__mro__ if base.__module__.startswith("rnntui.")]
        for name, each in own_classes().items()
    }
    assert "rnntui.tui.stepper.stepper_view.StepperView" in towers
    assert {name: tower for name, tower in towers.items() if len(tower) > 2} == {}


def test_a_class_has_its_name_alone():
    names = [each.__name__ for each in own_classes().values()]
    assert sorted(names) == sorted(set(names))
