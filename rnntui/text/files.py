"""Files written whole or not at all, and never in place of what is not a file."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from rnntui.text.problems import InputError, Problem

_SUFFIX = ".rnntui-tmp"
_AS_IT_IS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
"""Without waiting for a reader, becoming a terminal's owner, or translating; as far as a system knows."""

_ATTEMPTS = 3  # to make a temporary file; where there are no locks, none is better than another
_pipes: list[int] = []  # that are to be written to


def write_whole(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file through a temporary one beside it, flushed to disk, then renamed over it.

    content: what is to be in it, or pieces of that, which are written as they come.

    Whatever happens, there is either the old file or the new one. Links are followed; a file that
    is there keeps its mode and owner. A terminal, a pipe or `/dev/null` is written to as it is. What
    a process that was killed left beside the file is cleared away. Raises InputError where the
    place cannot be written to, is a folder, a disk or a socket, or a pipe that nobody reads.
    """
    try:
        before = _status(path)
        pieces = [content] if isinstance(content, bytes) else content
        if before is None or stat.S_ISREG(before.st_mode):
            _replace(Path(os.path.realpath(path)), before, pieces)
        else:
            _write_to(path, before.st_mode, pieces)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None


def check_writable(path: Path) -> None:
    """Find out before long work whether `write_whole` will be able to write. Raises InputError."""
    try:
        before = _status(path)
        if before is not None and not stat.S_ISREG(before.st_mode):
            _refuse_kind(before.st_mode)
            if stat.S_ISFIFO(before.st_mode):
                # it stays open: to its reader a pipe is at its end once nobody writes any more
                _pipes.append(_opened(path))
            return
        target = Path(os.path.realpath(path))
        _refuse_read_only(target, before)
        with _temporary(target) as (handle, temporary):
            os.close(handle)
            os.unlink(temporary)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError | ValueError) -> InputError:
    reason = getattr(error, "strerror", None) or str(error)
    return InputError(Problem(f"`{path}` cannot be written: {reason}"))


def _status(path: Path) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _replace(target: Path, before: os.stat_result | None, pieces: Iterable[bytes]) -> None:
    _refuse_read_only(target, before)
    with _temporary(target) as (handle, temporary):
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(temporary, _mode(temporary, before))
        os.replace(temporary, target)
    _sync_folder(target.parent)


def _refuse_read_only(target: Path, before: os.stat_result | None) -> None:
    """A file that its owner closed to writing is not replaced, though its folder would allow it."""
    if before is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")


def _mode(temporary: str, before: os.stat_result | None) -> int:
    """The mode of the file before, whose owner the temporary one is given; that of any new one else."""
    if before is None:
        return 0o666 & ~_umask()
    mode = stat.S_IMODE(before.st_mode) & 0o777
    try:
        if hasattr(os, "chown"):
            os.chown(temporary, before.st_uid, before.st_gid)
    except PermissionError:  # the group is another one, which is to be allowed no more than all are
        mode = (mode & 0o707) | ((mode & 0o007) << 3)
    return mode


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[tuple[int, str]]:
    """A file beside the target, locked for as long as it is being written; gone afterwards."""
    prefix = f".{target.name[:100]}."
    _clear_away(target.parent, prefix)
    for left in reversed(range(_ATTEMPTS)):
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=prefix, suffix=_SUFFIX)
        if not left or (_lock(handle) and os.path.exists(temporary)):
            break
        os.close(handle)  # another process has cleared it away before it could be locked, or may
        with contextlib.suppress(OSError):
            os.unlink(temporary)
    try:
        yield handle, temporary
    finally:
        with contextlib.suppress(OSError):  # renamed by now, or in the way of nobody
            os.unlink(temporary)


def _clear_away(folder: Path, prefix: str) -> None:
    """Remove what killed processes left: a temporary file that nobody holds a lock on."""
    with contextlib.suppress(OSError):
        for left in folder.iterdir():
            if not (left.name.startswith(prefix) and left.name.endswith(_SUFFIX)):
                continue
            with contextlib.suppress(OSError):
                handle = os.open(left, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
                try:
                    if stat.S_ISREG(os.fstat(handle).st_mode) and _lock(handle):
                        os.unlink(left)
                finally:
                    os.close(handle)


def _lock(handle: int) -> bool:
    """Lock a file until it is closed, if nobody else has; a killed process's lock goes with it."""
    try:
        import fcntl
    except ImportError:  # where there are no such locks, nothing is known to be left behind
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    """That the file has its name is on the disk, too, where folders can be flushed."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refuse_kind(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if stat.S_ISBLK(mode):
        raise PermissionError(errno.EPERM, "it is a disk")
    if not stat.S_ISCHR(mode) and not stat.S_ISFIFO(mode):
        raise OSError(errno.EINVAL, "it is not a file")


def _opened(path: Path) -> int:
    """Open without waiting: a pipe that nobody reads would keep this for ever."""
    try:
        return os.open(path, os.O_WRONLY | _AS_IT_IS)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "nobody reads from this pipe") from None
        raise


def _write_to(path: Path, mode: int, pieces: Iterable[bytes]) -> None:
    """Write to a character device or a pipe as it is."""
    _refuse_kind(mode)
    handle = _opened(path)
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(handle, True)
    with os.fdopen(handle, "wb") as file:
        file.writelines(pieces)
