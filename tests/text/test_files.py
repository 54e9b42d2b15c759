"""Files written whole or not at all: what is there before, and what is left after."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rnntui.text.files import check_writable, write_whole
from rnntui.text.problems import InputError

unix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes, modes and owners are Unix'")
unprivileged = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_as_any_other_program_would_make_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "run.npz", b"new")
    (tmp_path / "other").write_bytes(b"")
    assert (tmp_path / "run.npz").read_bytes() == b"new"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1
    assert names(tmp_path) == ["other", "run.npz"]


@unix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_a_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(b"old")
    path.chmod(mode)
    check_writable(path)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert names(tmp_path) == ["run.npz"]


@unix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
def test_a_file_keeps_its_owner_and_a_closed_one_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(b"old")
    path.chmod(0o444)
    os.chown(path, 1234, 4321)
    write_whole(path, b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 4321, 0o444)


@unprivileged
def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(b"old")
    path.chmod(0o444)
    for write in (check_writable, lambda path: write_whole(path, b"new")):
        with pytest.raises(InputError, match="cannot be written: it is read-only"):
            write(path)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("write", [check_writable, lambda path: write_whole(path, b"new")])
def test_where_there_are_no_locks_nothing_is_left_behind_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], None]
) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    (tmp_path / "run.npz").write_bytes(b"old")
    write(tmp_path / "run.npz")
    assert names(tmp_path) == ["run.npz"]


@unix
class TestLinks:
    def test_a_link_stays_and_what_it_leads_to_is_written(self, tmp_path: Path) -> None:
        (tmp_path / "runs").mkdir()
        file, link = tmp_path / "runs" / "run.npz", tmp_path / "link"
        file.write_bytes(b"old")
        file.chmod(0o600)
        link.symlink_to(file)
        write_whole(link, b"new")
        assert link.is_symlink()
        assert file.read_bytes() == b"new"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert names(tmp_path / "runs") == ["run.npz"]

    def test_one_that_leads_to_nothing_yet_makes_it(self, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(tmp_path / "run.npz")
        write_whole(link, b"new")
        assert link.is_symlink()
        assert (tmp_path / "run.npz").read_bytes() == b"new"

    def test_one_that_leads_to_itself_is_refused(self, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(link)
        with pytest.raises(InputError, match="cannot be written"):
            write_whole(link, b"new")


@unix
class TestWhatIsNoFile:
    def test_a_pipe_is_written_to_and_stays_a_pipe(self, tmp_path: Path) -> None:
        pipe, read = tmp_path / "pipe", []
        os.mkfifo(pipe)
        reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
        reader.start()
        content = b"new" * 100_000  # more than a pipe holds at once
        end = time.monotonic() + 20
        while True:
            try:
                write_whole(pipe, content)
                break
            except InputError:  # the reader is yet to come
                assert time.monotonic() < end
                time.sleep(0.01)
        reader.join(20)
        assert read == [content]
        assert stat.S_ISFIFO(pipe.stat().st_mode)

    def test_a_pipe_that_nobody_reads_is_refused_at_once(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for write in (check_writable, lambda path: write_whole(path, b"new")):
            with pytest.raises(InputError, match="nobody reads from this pipe"):
                write(tmp_path / "pipe")
        assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)

    def test_a_character_device_is_written_to_and_stays_one(self, tmp_path: Path) -> None:
        """The terminal side of a pair of pseudo-terminals of our own."""
        ours, theirs = os.openpty()
        try:
            device = Path(os.ttyname(theirs))
            write_whole(device, b"new")
            assert os.read(ours, 10) == b"new"
            assert stat.S_ISCHR(device.stat().st_mode)
        finally:
            os.close(ours)
            os.close(theirs)

    def test_what_a_process_was_given_as_its_output_is_written_to(self, tmp_path: Path) -> None:
        code = "from rnntui.text.files import *; from pathlib import Path\n"
        code += "check_writable(Path('/dev/stdout')); write_whole(Path('/dev/stdout'), b'new')"
        if not os.path.exists("/dev/stdout"):
            pytest.skip("this system does not name it")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert done.stdout == b"new"

    def test_a_socket_and_a_folder_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import socket

        monkeypatch.chdir(tmp_path)  # a socket's name is short: 104 bytes on macOS
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket")
            (tmp_path / "folder").mkdir()
            for name, reason in (("socket", "not a file"), ("folder", "a folder")):
                for write in (check_writable, lambda path: write_whole(path, b"new")):
                    with pytest.raises(InputError, match=reason):
                        write(tmp_path / name)


class TestWhatIsInTheWay:
    @pytest.mark.parametrize("path", ["none/run.npz", "file/run.npz", "a\0b", "n" * 300])
    def test_it_is_found_before_and_said_in_one_line(self, tmp_path: Path, path: str) -> None:
        (tmp_path / "file").write_bytes(b"")
        for write in (check_writable, lambda path: write_whole(path, b"new")):
            with pytest.raises(InputError) as refused:
                write(tmp_path / path)
            assert len(refused.value.problems) == 1
            assert "cannot be written" in str(refused.value)
        assert names(tmp_path) == ["file"]

    def test_looking_changes_nothing(self, tmp_path: Path) -> None:
        check_writable(tmp_path / "run.npz")
        assert names(tmp_path) == []

    def test_a_full_disk_leaves_the_old_file(self, tmp_path: Path, monkeypatch) -> None:
        path = tmp_path / "run.npz"
        path.write_bytes(b"old")

        def full(handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="No space left on device"):
            write_whole(path, b"new")
        assert path.read_bytes() == b"old"
        assert names(tmp_path) == ["run.npz"]


@unix
def test_what_a_killed_process_left_is_cleared_away_and_what_another_is_writing_is_not(
    tmp_path: Path,
) -> None:
    code = (
        "import sys, time; from rnntui.text.files import _temporary; from pathlib import Path\n"
        "with _temporary(Path(sys.argv[1])) as made:\n"
        "    print(made[1], flush=True); time.sleep(600)"
    )
    path = tmp_path / "run.npz"
    others = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        left, alive = (Path(other.stdout.readline().strip()) for other in others)
        others[0].send_signal(signal.SIGKILL)
        others[0].wait()
        assert left.exists()
        (tmp_path / ".run.npz.notes").write_bytes(b"mine")
        write_whole(path, b"new")
        assert names(tmp_path) == sorted([".run.npz.notes", alive.name, "run.npz"])
    finally:
        for other in others:
            other.kill()
            other.wait()
            other.stdout.close()
