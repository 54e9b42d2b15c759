"""A few kills while saving; see `saving`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def test_a_whole_run_is_left(tmp_path: Path) -> None:
    from .saving import campaign

    outcome = campaign(1, 80, tmp_path)
    assert not outcome.faults
    assert outcome.killed[
        "a temporary file"
    ]  # some were in the middle of it: how many, the disk says
    assert outcome.killed["a newer run"]
    assert outcome.killed["an older run"]
