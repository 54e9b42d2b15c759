"""Some seconds of a long run; see `long_run`."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_memory_is_level_and_idle_is_idle() -> None:
    from .long_run import campaign

    faults = campaign(2, 1, "embedded-reber", minute=4.0)
    assert not [
        fault for fault in faults if "key took" not in fault
    ]  # which a busy machine makes slow
