"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from rnntui.text.problems import InputError, Problem


def write_whole(path: Path, content: bytes) -> None:
    """Write a file through a temporary one beside it, flushed to disk, then renamed over it.

    Whatever happens, there is either the old file or the new one. Raises InputError where the
    place cannot be written to.
    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())  # mkstemp's own is for its owner alone
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        reason = error.strerror or str(error)
        raise InputError(Problem(f"`{path}` cannot be written: {reason}")) from None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
