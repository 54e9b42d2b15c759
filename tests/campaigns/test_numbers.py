"""The first cases of the campaign with extreme numbers; see `numbers`."""

from __future__ import annotations

import os

import pytest

if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)

from .numbers import campaign


def test_commands_say_what_overflows() -> None:
    findings = campaign(seed=0, count=300)
    assert not findings.first, "\n".join(findings.report())


def test_the_application_shows_what_overflows() -> None:
    findings = campaign(seed=0, count=8, application=True)
    assert not findings.first, "\n".join(findings.report())
