"""A source distribution has the source, and nothing that tests and tools left behind."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_it_is_what_is_under_version_control(tmp_path: Path) -> None:
    sdist = pytest.importorskip("hatchling.builders.sdist")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    changes = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True)
    if listed.returncode or changes.stdout:
        pytest.skip("this is no repository, or its author is at work")
    (left,) = sdist.SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(left) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    known = set(listed.stdout.splitlines())
    assert packed - known <= {"PKG-INFO", "pyproject.toml", ".gitignore"}
    outside = (".ci/", ".github/", ".git")
    assert {name for name in known - packed if not name.startswith(outside)} == set()
