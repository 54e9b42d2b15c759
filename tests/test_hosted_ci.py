"""Hosted CI runs what the project promises: its Pythons, the README's test command, all of `.ci/run`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOW = (ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8")


def commands() -> list[str]:
    return re.findall(r"^ +- run: (.*)$", WORKFLOW, re.MULTILINE)


def test_every_python_that_is_promised_is_tested():
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    tested = re.findall(r'"(3\.\d+)"', re.search(r"python: \[(.*)\]", WORKFLOW)[1])
    assert tested == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"


def test_the_readmes_test_command_is_run_with_and_without_compiled_kernels():
    readme = (ROOT / "README.md").read_text("utf-8")
    extras, test = re.search(
        r"pip install '\.\[(.*)\]' && \S*(python -m pytest)$", readme, re.MULTILINE
    ).groups()
    assert test in commands()
    assert re.search(rf'extras: \["{extras}"\]', WORKFLOW)
    assert 'extras: "dev"' in WORKFLOW


def test_all_that_must_hold_before_a_change_lands_is_held():
    held = re.findall(
        r"^\.venv/bin/(.*?)( \| .*)?$", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE
    )
    assert held
    assert {command for command, _ in held} <= set(commands())
