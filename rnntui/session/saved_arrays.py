"""Arrays in a .npz file, read without trusting it: no pickles, no more than a bound, no bit another one."""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.session.fingerprints import checksum
from rnntui.text.files import write_whole

Array = npt.NDArray[Any]

CHECKSUM = "checksum"
_KINDS = "fiuU"  # floating-point and whole numbers, and texts
_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class DamagedError(Exception):
    """The file is no archive of arrays, or not as it was written. The text says in which way."""


def write_arrays(path: Path, arrays: dict[str, Array]) -> None:
    """Write arrays with their checksum, whole or not at all; the same arrays are the same bytes.

    Raises InputError where the place cannot be written to.
    """
    buffer = io.BytesIO()
    named: dict[str, Any] = {**arrays, CHECKSUM: np.array(checksum(arrays))}
    np.savez(buffer, **named)
    write_whole(path, buffer.getvalue())


def read_arrays(path: Path, most: int) -> dict[str, Array]:
    """The arrays of a file, closed to writing, its checksum (if it has one) among them.

    most: bytes that they may take together. Raises DamagedError, or OSError where it cannot be read.
    """
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise DamagedError("it is not a file")
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > most:
                raise DamagedError("it is far larger than this model's would be")
            arrays = {
                member.filename.removesuffix(".npy"): _array(archive.read(member), most)
                for member in members
            }
    except DamagedError:
        raise
    except Exception as error:  # zipfile has no one exception for what is wrong with an archive
        if isinstance(error, OSError) and error.errno is not None:  # else it is of the bzip2 reader
            raise
        raise DamagedError(str(error) or type(error).__name__) from None
    if len(arrays) < len(members):
        raise DamagedError("two of its arrays have the same name")
    given = arrays.get(CHECKSUM)
    if given is not None and str(given) != checksum(
        {k: v for k, v in arrays.items() if k != CHECKSUM}
    ):
        raise DamagedError(
            "its checksum is another one: something in it has changed since it was written"
        )
    return arrays


def _array(content: bytes, most: int) -> Array:
    """The array in the bytes of an .npy file; of as many bytes as there are, whatever it promises."""
    if len(content) > most:
        raise DamagedError("it unpacks to more than it says")
    stream = io.BytesIO(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Python 2's headers and of odd literals in them
        shape, fortran_order, dtype = _HEADERS[np.lib.format.read_magic(stream)](stream)
    if dtype.kind not in _KINDS or dtype.hasobject:
        raise DamagedError(f"an array in it is of type {dtype}")
    start = stream.tell()
    if math.prod(shape) * dtype.itemsize != len(content) - start:
        raise DamagedError("an array in it is not as long as it says")
    array = (
        np.frombuffer(content, dtype, offset=start) if len(content) > start else np.empty(0, dtype)
    )
    return array.reshape(shape, order="F" if fortran_order else "C")
