"""The folder that compiled code is kept in: the user's alone, and nothing in it is run unseen.

What Numba keeps are pickles and machine code: to load one is to run it. So the folder is closed to
everybody else, and beside each file lies a code of its name and content (an HMAC) made with a key that
lies elsewhere, with the user's state. A file without the right code is removed, not loaded. This is
against what others wrote (a shared, copied, restored or unpacked cache) and against damage; it is not
against one who can already read and write as the user.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_KEY_BYTES = 32
_CODE = ".hmac"


@dataclass(frozen=True)
class CodeCache:
    """A folder that compiled code is kept in.

    key: of its codes; None where the folder is new and goes with the process, so that all in it is ours.
    """

    folder: Path
    key: bytes | None

    @contextlib.contextmanager
    def used(self, modules: Collection[str]) -> Iterator[None]:
        """Numba keeps here what is compiled inside, and finds here what was kept of these modules.

        It is told so before it is given a function to compile. A folder of the environment
        (NUMBA_CACHE_DIR) is not used.
        """
        import numba

        settings: Any = numba.config
        settings.CACHE_DIR = str(self.folder)
        self._drop_unknown(modules)
        try:
            yield
        finally:
            self._sign(modules)

    def kept(self, modules: Collection[str]) -> list[Path]:
        """The files with what was compiled of some modules, named without their packages."""
        return [
            file
            for file in self.folder.glob("*/*.nb[ic]")  # Numba's index and data
            if file.name.partition(".")[0] in modules
        ]

    def is_known(self, file: Path) -> bool:
        """Whether a file is as this user's program wrote it."""
        if self.key is None:
            return True
        try:
            return not file.is_symlink() and hmac.compare_digest(
                _beside(file).read_bytes(), self._code(file, self.key)
            )
        except OSError:
            return False

    def _drop_unknown(self, modules: Collection[str]) -> None:
        for folder in self.folder.iterdir():
            if folder.is_symlink():  # Numba would follow it
                folder.unlink()
        for file in self.kept(modules):
            if not self.is_known(file):
                file.unlink(missing_ok=True)

    def _sign(self, modules: Collection[str]) -> None:
        """Make the codes of the files that were written since their like was dropped."""
        if self.key is None:
            return
        for file in self.kept(modules):
            with contextlib.suppress(OSError):  # else it is compiled again
                if not self.is_known(file):
                    _beside(file).write_bytes(self._code(file, self.key))

    def _code(self, file: Path, key: bytes) -> bytes:
        name = file.relative_to(self.folder).as_posix().encode()
        return hmac.digest(key, name + b"\0" + file.read_bytes(), "sha256")


def _beside(file: Path) -> Path:
    return file.with_name(file.name + _CODE)


@cache
def code_cache() -> CodeCache:
    """The user's folder for compiled code; one that goes with this process where there can be none."""
    try:
        folder = _home("XDG_CACHE_HOME", ".cache") / "rnntui" / "compiled"
        folder.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if _is_private(os.lstat(folder), stat.S_IFDIR) and os.access(folder, os.W_OK):
            return CodeCache(folder, _key())
    except (OSError, RuntimeError):  # the latter where there is no home
        pass
    return CodeCache(Path(_passing().name), None)


def code_cache_of(file: Path) -> CodeCache:
    """The one that a file of this program lies in, or that of the process that started this one."""
    users = code_cache()
    return users if users.folder == file.parent else CodeCache(file.parent, None)


def _home(variable: str, otherwise: str) -> Path:
    """A base folder of the XDG specification, which has a relative one ignored."""
    given = os.environ.get(variable, "")
    return Path(given) if os.path.isabs(given) else Path.home() / otherwise


def _is_private(status: os.stat_result, kind: int) -> bool:
    """Whether it is the user's, closed to all others, and no link. Windows has no such modes."""
    if stat.S_IFMT(status.st_mode) != kind:
        return False
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _key() -> bytes:
    """The user's key, made when there is none. Raises OSError where there can be none."""
    file = _home("XDG_STATE_HOME", ".local/state") / "rnntui" / "compiled.key"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if (
            _is_private(os.lstat(file), stat.S_IFREG)
            and len(key := file.read_bytes()) == _KEY_BYTES
        ):
            return key
        file.unlink()  # whatever it was made, nobody else may have read it
    key = secrets.token_bytes(_KEY_BYTES)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(key)
    return key


@cache
def _passing() -> tempfile.TemporaryDirectory[str]:
    """A folder that is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="rnntui-kernels-", ignore_cleanup_errors=True)
