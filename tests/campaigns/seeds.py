"""What is changed: the shipped files, files by hand for every format, and saved runs."""

from __future__ import annotations

import gzip
import io
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import shipped_files
from rnntui.session.recording import RecordedRun
from rnntui.session.saved_run import save_run

_FOLDER = Path(__file__).parent / "seeds"
_LARGE = ("clock", "binary", "long", "embedded", "checkerboard")  # a case would take a second


@dataclass(frozen=True)
class Seed:
    """A file that is good. run: of this sequence file, a saved one."""

    name: str
    content: bytes
    run: str = ""

    @property
    def is_model(self) -> bool:
        """Whether it is a sequence file."""
        return self.name.endswith(".toml")


@cache
def seeds() -> list[Seed]:
    """All of them, in one order; those by hand thrice, since they are quick and say most."""
    by_hand = [Seed(file.name, file.read_bytes()) for file in sorted(_FOLDER.iterdir())]
    packed = [
        Seed(f"{seed.name}.gz", gzip.compress(seed.content, mtime=0))
        for seed in by_hand
        if not seed.is_model
    ]
    shipped = [Seed(file.name, file.read_bytes()) for file in shipped_files()]
    small = [seed for seed in shipped if not any(word in seed.name for word in _LARGE)]
    return [*(by_hand * 3), *packed, *_arrays(), *small, *shipped, *(_saved_runs() * 2)]


@cache
def contents() -> list[bytes]:
    """Their contents to take parts from."""
    return [seed.content for seed in seeds()]


def sequence_file(name: str) -> bytes:
    """A sequence file by hand."""
    return (_FOLDER / name).read_bytes()


def _arrays() -> list[Seed]:
    x, y = np.linspace(-1, 1, 12).reshape(2, 3, 2), np.arange(6.0).reshape(2, 3)
    archive = _written(np.savez, x=x, targets=y, mask=np.ones((2, 3)))
    compressed = _written(np.savez_compressed, inputs=x.astype("f4"), y=y.astype("i8"))
    return [
        Seed("array.npy", _written(np.save, x)),
        Seed("whole.npy", _written(np.save, np.arange(5, dtype=">i2"))),
        Seed("fortran.npy", _written(np.save, np.asfortranarray(x[0]))),
        Seed("arrays.npz", archive),
        Seed("compressed.npz", compressed),
        Seed("array.npy.gz", gzip.compress(_written(np.save, x[0]), mtime=0)),
    ]


def _written(save: Any, *given: Any, **named: Any) -> bytes:
    stream = io.BytesIO()
    save(stream, *given, **named)
    return stream.getvalue()


def _saved_runs() -> list[Seed]:
    found = []
    for name in ("gates.toml", "numbers.toml", "plain.toml"):
        file = read_sequence_file(_FOLDER / name)
        run = RecordedRun(file, "", None, False)
        for _ in run.run(2):
            pass
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "run.npz")
            save_run(path, file, run.after, run.engine)
            found.append(Seed("run.npz", path.read_bytes(), run=name))
    return found
