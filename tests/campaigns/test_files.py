"""The first cases of the campaign with files, and that it finds what is bad; see `files`."""

from __future__ import annotations

import os
import signal

import click
import pytest

from rnntui.cli import main

if not hasattr(os, "fork"):
    pytest.skip("needs fork", allow_module_level=True)

from . import judging
from .cases import Case, case
from .files import campaign
from .findings import Findings, short
from .workers import judged


def test_files_are_answered_well() -> None:
    findings = campaign(seed=0, count=1200)
    assert not findings.first, "\n".join(findings.report())


def test_a_case_is_the_same_again() -> None:
    assert [case(3, n) for n in range(50)] == [case(3, n) for n in range(50)]
    assert case(3, 1) != case(4, 1)


@click.command()
@click.argument("file")
def bad(file: str) -> None:
    """Answers as the file says."""
    with open(file, encoding="utf-8") as text:
        said = text.read()
    if "raise" in said:
        raise KeyError(said)
    if "allocate" in said:
        bytearray(3 << 30)
    if "loop" in said:
        while True:
            pass
    if "die" in said:
        os.kill(os.getpid(), signal.SIGKILL)
    if "colour" in said:
        click.echo("\x1b[31m")
    if "c1" in said:
        click.echo("\x9b")
    if "nan" in said:
        import numpy as np

        np.array([1e308]) * 10
    if "status" in said:
        raise SystemExit(int(said.split()[-1]))


@pytest.fixture
def _bad_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(main.commands, "bad", bad)
    monkeypatch.setattr(judging, "SECONDS", 0.3)


@pytest.mark.usefixtures("_bad_command")
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("raise", "exception"),
        ("allocate", "memory"),
        ("loop", "slow"),
        ("die", "death"),
        ("colour", "control character"),
        ("c1", "control character"),
        ("nan", "warning"),
        ("status 3", "status"),
        ("status 2", "no clear message"),
        ("status 1", ""),
        ("fine", ""),
    ],
)
def test_what_is_bad_is_found(said: str, kind: str) -> None:
    faults = list(
        judged(
            [Case({"f": b"fine"}, ("bad", "f")), Case({"f": said.encode()}, ("bad", "f"))],
            judging.judge,
        )
    )
    assert [fault.kind if fault else "" for fault in faults] == ["", kind]


@pytest.mark.usefixtures("_bad_command")
def test_and_made_short() -> None:
    long = Case({"f": b"first line\n" * 50 + b"raise\n" + b"last\n" * 60}, ("bad", "f"), "f")
    [fault] = judged([long], judging.judge)
    assert fault is not None
    findings = Findings(judging.judge)
    assert findings.add(7, long, fault)
    assert not findings.add(8, long, fault)
    assert short(long, fault, judging.judge).content == b"raise"
