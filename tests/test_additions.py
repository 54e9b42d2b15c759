"""What has a file of its own is found by the program: CONTRIBUTING.md says where each is named."""

from __future__ import annotations

import importlib
import io
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import rnntui.cli
import rnntui.data.tasks
from rnntui.data.formats.kinds import KINDS
from rnntui.data.formats.opening import read_source
from rnntui.data.formats.source import Source
from rnntui.data.tasks.registry import TASKS
from rnntui.data.tasks.task import Task

ROOT = Path(__file__).parent.parent
INPUTS = [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]


def array() -> bytes:
    stream = io.BytesIO()
    np.save(stream, INPUTS)
    return stream.getvalue()


def archive() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, x=INPUTS)
    return stream.getvalue()


# the same inputs in every format that has data alone: A B B A, one-hot
WRITTEN: dict[str, tuple[str, bytes]] = {
    "text": ("txt", b"ABBA\n"),
    "csv": ("csv", b"x\nA\nB\nB\nA\n"),
    "tsv": ("tsv", b"x\tmask\nA\t1\nB\t1\nB\t1\nA\t1\n"),
    "json": ("json", b'["ABBA"]'),
    "jsonl": ("jsonl", b'{"sequence": "ABBA"}\n{"sequence": "ABBA"}\n'),
    "npy": ("npy", array()),
    "npz": ("npz", archive()),
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "toml"])
def test_every_format_is_read_by_its_ending_by_its_content_and_by_name(kind, tmp_path):
    assert kind in WRITTEN, f"write A B B A as {kind}"
    ending, content = WRITTEN[kind]
    for name, asked in ((f"f.{ending}", ""), ("f", ""), ("g", kind)):
        (tmp_path / name).write_bytes(content)
        with Source(tmp_path / name) as source:
            first = read_source(source, asked).sequences[0]
        np.testing.assert_array_equal(first.inputs, INPUTS)


def test_every_file_that_is_to_be_touched_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:rnntui|tests|sequences|\.ci)/[\w./]*)`", text)
    assert len(paths) > 20
    assert [path for path in paths if "NAME" not in path and not (ROOT / path).exists()] == []


def test_every_task_that_is_written_is_registered():
    for module in pkgutil.iter_modules(rnntui.data.tasks.__path__):
        found = vars(importlib.import_module(f"rnntui.data.tasks.{module.name}")).values()
        for kind in found:
            if isinstance(kind, type) and issubclass(kind, Task) and kind is not Task:
                assert TASKS.get(kind.name) is kind


def test_every_file_of_commands_is_imported_with_the_others():
    with_commands = {
        file.stem
        for file in (ROOT / "rnntui" / "cli").glob("*.py")
        if "@main.command" in file.read_text(encoding="utf-8")
    }
    assert len(with_commands) > 1
    assert with_commands <= set(vars(rnntui.cli))
