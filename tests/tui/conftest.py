"""What all tests of the screens share."""

from __future__ import annotations

import math

import pytest

from rnntui.tui.stepper import controller


@pytest.fixture(autouse=True)
def _answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, no small computation goes into a thread, unless a test wants it."""
    monkeypatch.setattr(controller, "_AT_ONCE", math.inf)
