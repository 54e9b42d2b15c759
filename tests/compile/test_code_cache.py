"""Compiled code that is kept: in a folder of the user's alone, and only what we wrote is loaded."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rnntui.compile import code_cache as module
from rnntui.compile.code_cache import CodeCache, code_cache, code_cache_of
from rnntui.compile.kernel_cache import code_kept_for, is_compiled, load_kernel

pytest.importorskip("numba")
pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Unix' modes")

KERNEL = """\
from numba import njit
@njit("int64(int64)", cache=True)
def train(iterations):
    return iterations + {number}
"""
FIRST_INTEGERS = iter(range(10**9))


@pytest.fixture(autouse=True)
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "tmp").mkdir()
    code_cache.cache_clear()
    module._passing.cache_clear()
    yield
    code_cache.cache_clear()
    module._passing.cache_clear()


@pytest.fixture
def kernel() -> Path:
    """A kernel that was compiled and kept."""
    source = KERNEL.format(number=next(FIRST_INTEGERS)).encode()
    path = code_cache().folder / f"kernel_{hashlib.sha256(source).hexdigest()[:32]}.py"
    path.write_bytes(source)
    load(path)
    assert is_compiled(path)
    return path


def load(path: Path) -> int:
    sys.modules.pop(path.stem, None)
    with code_kept_for(path):
        return load_kernel(path)(0)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


class Opened:
    """A pickle that makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return open, (str(self.path), "w")


class TestFolder:
    def test_it_and_its_key_are_the_users_alone(self, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            cache = code_cache()
        finally:
            os.umask(before)
        assert cache.folder == tmp_path / "cache/rnntui/compiled"
        assert mode(cache.folder) == 0o700
        key = tmp_path / "state/rnntui/compiled.key"
        assert mode(key) == 0o600
        assert key.read_bytes() == cache.key
        assert len(key.read_bytes()) == 32

    @pytest.mark.parametrize("given", [0o777, 0o770, 0o755, 0o701])
    def test_one_that_is_open_to_others_is_not_used(self, given: int, tmp_path: Path) -> None:
        folder = tmp_path / "cache/rnntui/compiled"
        folder.mkdir(parents=True)
        folder.chmod(given)
        cache = code_cache()
        assert cache.folder.parent == tmp_path / "tmp"
        assert mode(cache.folder) == 0o700
        assert mode(folder) == given

    def test_nor_one_of_another_user(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "cache/rnntui/compiled").mkdir(parents=True, mode=0o700)
        other = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: other)
        assert code_cache().folder.parent == tmp_path / "tmp"

    @pytest.mark.parametrize("what", ["link", "file", "parent is a file"])
    def test_nor_what_is_no_folder(self, what: str, tmp_path: Path) -> None:
        folder = tmp_path / "cache/rnntui/compiled"
        folder.parent.mkdir(parents=True)
        if what == "link":
            (tmp_path / "elsewhere").mkdir(mode=0o700)
            folder.symlink_to(tmp_path / "elsewhere")
        elif what == "file":
            folder.touch(mode=0o600)
        else:
            folder.parent.rmdir()
            folder.parent.touch()
        assert code_cache().folder.parent == tmp_path / "tmp"

    def test_without_a_place_for_the_key_there_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "state").touch()
        assert code_cache().folder.parent == tmp_path / "tmp"

    @pytest.mark.parametrize("given", ["cache", "./cache", "", "~/cache"])
    def test_a_relative_base_is_ignored(
        self, given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.setenv("XDG_CACHE_HOME", given)
        monkeypatch.setenv("XDG_STATE_HOME", given)
        assert code_cache().folder == tmp_path / "home/.cache/rnntui/compiled"
        assert (tmp_path / "home/.local/state/rnntui/compiled.key").exists()
        assert not list((tmp_path / "here").iterdir())

    @pytest.mark.parametrize("what", ["short", "open to others"])
    def test_a_key_that_is_none_is_made_anew(self, what: str, tmp_path: Path) -> None:
        key = tmp_path / "state/rnntui/compiled.key"
        key.parent.mkdir(parents=True)
        content = b"short" if what == "short" else b"k" * 32
        key.write_bytes(content)
        key.chmod(0o600 if what == "short" else 0o644)
        assert code_cache().key not in (None, content)
        assert mode(key) == 0o600

    def test_none_that_goes_with_the_process_is_left_behind(self, tmp_path: Path) -> None:
        (tmp_path / "cache").touch()
        program = (
            "from rnntui.compile.code_cache import code_cache; folder = code_cache().folder;"
            "(folder / 'a').touch(); print(folder); raise SystemExit(3)"
        )
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert ended.returncode == 3
        assert ended.stdout.startswith(str(tmp_path / "tmp"))
        assert not list((tmp_path / "tmp").iterdir())


class TestWhatIsKept:
    def test_it_is_loaded_without_being_compiled(
        self, kernel: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from numba.core import compiler

        number = load(kernel)

        def compiled(*_: object) -> None:
            raise AssertionError

        monkeypatch.setattr(compiler, "compile_extra", compiled)
        assert load(kernel) == number

    @pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
    def test_a_pickle_of_others_is_not_loaded(
        self, suffix: str, kernel: Path, tmp_path: Path
    ) -> None:
        number = load(kernel)
        [file] = [f for f in code_cache().kept([kernel.stem]) if f.suffix == suffix]
        file.write_bytes(pickle.dumps(Opened(tmp_path / "opened")))
        assert not code_cache().is_known(file)
        assert is_compiled(kernel) == (suffix == ".nbc")
        assert load(kernel) == number
        assert not (tmp_path / "opened").exists()
        assert all(code_cache().is_known(file) for file in code_cache().kept([kernel.stem]))

    def test_what_was_kept_with_another_key_is_not_loaded(
        self, kernel: Path, tmp_path: Path
    ) -> None:
        """A cache that was restored from another machine, say, with all that is in it."""
        kept = code_cache().kept([kernel.stem])
        other = CodeCache(code_cache().folder, b"k" * 32)
        for file in kept:
            if file.suffix == ".nbi":
                file.write_bytes(pickle.dumps(Opened(tmp_path / "opened")))
        other._sign([kernel.stem])
        assert all(other.is_known(file) for file in kept)
        load(kernel)
        assert not (tmp_path / "opened").exists()

    def test_a_file_has_not_the_code_of_another_name(self, kernel: Path) -> None:
        [file] = [f for f in code_cache().kept([kernel.stem]) if f.suffix == ".nbi"]
        moved = file.with_name(file.name.replace("train", "trail"))
        for suffix in ("", ".hmac"):
            shutil.copy(f"{file}{suffix}", f"{moved}{suffix}")
        assert code_cache().is_known(file)
        assert not code_cache().is_known(moved)

    def test_links_are_not_followed(self, kernel: Path, tmp_path: Path) -> None:
        number = load(kernel)
        [folder] = {file.parent for file in code_cache().kept([kernel.stem])}
        folder.rename(tmp_path / "moved")
        folder.symlink_to(tmp_path / "moved")
        assert load(kernel) == number
        assert not folder.is_symlink()

    def test_bytecode_is_not_loaded(self, kernel: Path, tmp_path: Path) -> None:
        import importlib._bootstrap_external as external
        import importlib.util

        number = load(kernel)
        code = compile(f"open({str(tmp_path / 'opened')!r}, 'w')", str(kernel), "exec")
        status = kernel.stat()
        bytecode = Path(importlib.util.cache_from_source(str(kernel)))
        bytecode.parent.mkdir(exist_ok=True)
        bytecode.write_bytes(
            external._code_to_timestamp_pyc(code, int(status.st_mtime), status.st_size)
        )
        assert load(kernel) == number
        assert not (tmp_path / "opened").exists()

    def test_a_source_is_the_one_its_name_says(self, kernel: Path, tmp_path: Path) -> None:
        kernel.write_text(f"open({str(tmp_path / 'opened')!r}, 'w')")
        with pytest.raises(ImportError, match="not what was written"):
            load(kernel)
        assert not (tmp_path / "opened").exists()

    def test_a_folder_of_the_environment_is_not_read(self, kernel: Path, tmp_path: Path) -> None:
        """Numba's own variable names a folder that nobody looks after."""
        number = load(kernel)
        elsewhere = tmp_path / "elsewhere"
        kept = code_cache().kept([kernel.stem])
        for file in kept:
            planted = elsewhere / file.relative_to(code_cache().folder)
            planted.parent.mkdir(parents=True, exist_ok=True)
            planted.write_bytes(pickle.dumps(Opened(tmp_path / "opened")))
            file.unlink()
        program = (
            "import sys; from pathlib import Path;"
            "from rnntui.compile.kernel_cache import code_kept_for, load_kernel;"
            "path = Path(sys.argv[1])\n"
            "with code_kept_for(path): print(load_kernel(path)(0))"
        )
        ended = subprocess.run(
            [sys.executable, "-c", program, str(kernel)],
            capture_output=True, text=True, check=True,
            env={**os.environ, "NUMBA_CACHE_DIR": str(elsewhere)},
        )  # fmt: skip
        assert int(ended.stdout) == number
        assert not (tmp_path / "opened").exists()
        assert is_compiled(kernel)

    def test_a_folder_that_goes_with_a_process_is_shared_with_one_it_starts(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "passing").mkdir()
        cache = code_cache_of(tmp_path / "passing/kernel_1.py")
        assert cache == CodeCache(tmp_path / "passing", None)
