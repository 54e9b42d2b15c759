"""NumPy's .npy and .npz, read without ever unpickling anything.

The header is NumPy's to parse; the numbers are taken from as many bytes as there are, so that a
header that promises more than the file has is refused instead of allocated.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from collections.abc import Sequence

import numpy as np

from rnntui.data.fields import counted, listed
from rnntui.data.formats.rows import Array
from rnntui.data.formats.source import Source
from rnntui.data.sequence import InputSequence
from rnntui.data.sequences import Data
from rnntui.text.memory import SEQUENCE
from rnntui.text.problems import InputError, near_name

_NAMES = {
    "x": "x",
    "inputs": "x",
    "y": "targets",
    "target": "targets",
    "targets": "targets",
    "mask": "mask",
}
MOST_BYTES = 1 << 28  # of an archive, unpacked
_CHUNK = 1 << 20
_KINDS = "fiub"  # floating-point, whole and truth values
_SAVE = "save numbers: numpy.savez(file, x=…, targets=…)"


def read_npy(source: Source) -> Data:
    """The sequences of one array: (T,), (T, input size) or (sequences, T, input size).

    Raises InputError where it is no such array of finite numbers.
    """
    return _data(
        source, {"x": ("the array", _array(source, source.content(MOST_BYTES), "the array"))}
    )


def read_npz(source: Source) -> Data:
    """The sequences of arrays x (or inputs), and if there are any targets and mask.

    x: (T,), (T, input size) or (sequences, T, input size); targets: (…, T) or (…, T, output size);
    mask: (…, T). Raises InputError, with the name of the array, where they are something else.
    """
    content = source.content(MOST_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            arrays = _members(source, archive)
    except InputError:
        raise
    except Exception as error:  # zipfile has no one exception for what is wrong with an archive
        reason = str(error) or type(error).__name__
        hint = "was it copied as a whole?"
        raise source.refusal(f"this is not an archive of arrays: {reason}", hint) from None
    if not any(role == "x" for role in arrays):
        raise source.refusal("there is no array `x` of the inputs", _SAVE)
    return _data(source, arrays)


def _members(source: Source, archive: zipfile.ZipFile) -> dict[str, tuple[str, Array]]:
    """The arrays by what they are: x, targets or mask; each with the name it has."""
    members: dict[str, tuple[str, Array]] = {}
    size = 0
    for info in archive.infolist():
        name = info.filename.removesuffix(".npy")
        if name not in _NAMES or name == info.filename:
            hint = near_name(name, _NAMES) or listed(_NAMES)
            raise source.refusal(f"`{name}` is not an array of sequences", hint)
        role = _NAMES[name]
        if role in members:
            message = f"there are two arrays of the same kind, {members[role][0]} and `{name}`"
            raise source.refusal(message, "give one of them")
        size += info.file_size
        if size > MOST_BYTES:
            raise source.refusal(
                f"`{name}` unpacks to more than {MOST_BYTES >> 20} MiB", "split it"
            )
        content = bytearray()
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):  # all at once might unpack far more than is said
                content += chunk
        members[role] = (f"`{name}`", _array(source, bytes(content), f"`{name}`"))
    return members


def _array(source: Source, content: bytes, name: str) -> Array:
    """The numbers in the bytes of an .npy file, as float64 in C order."""
    stream = io.BytesIO(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python 2's headers and of odd literals in them
            # version 3.0 is only for the names of fields, and there must not be any
            read_header = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[np.lib.format.read_magic(stream)]
            lengths, fortran_order, dtype = read_header(stream)
            shape = tuple(int(length) for length in lengths)  # True is one, to Python
    except Exception:  # a header is a Python literal, wrong in as many ways
        message = f"{name} has no header of an array of numbers"
        raise source.refusal(message, "write it with numpy.save or numpy.savez") from None
    _check_kind(source, name, dtype, shape)
    start = stream.tell()
    promised, given = math.prod(shape) * dtype.itemsize, len(content) - start
    if promised != given:
        says = promised if promised < 1 << 63 else "far more"
        message = f"{name} has {counted(given, 'byte')} of numbers and its header says {says}"
        raise source.refusal(message, "was it copied as a whole?")
    source.take(8 * math.prod(shape))
    flat = np.frombuffer(content, dtype, offset=start)
    with np.errstate(all="ignore"):  # a long double may be too large, which is refused below
        array = flat.reshape(shape, order="F" if fortran_order else "C").astype(np.float64, "C")
    finite = np.isfinite(array)
    if not finite.all():
        index = tuple(int(i) for i in np.argwhere(~finite)[0])
        where = f"{name} at {list(index)}"
        message = f"{where} is {array[index]}, which is not a value that can be computed with"
        raise source.refusal(message, "write a finite number")
    return array


def _check_kind(
    source: Source, name: str, dtype: np.dtype[np.generic], shape: Sequence[int]
) -> None:
    if dtype.hasobject:
        message = f"{name} holds Python objects, and unpickling them would run what is in them"
        raise source.refusal(message, "save sequences of unlike length as .json or .csv")
    if dtype.kind not in _KINDS or dtype.subdtype is not None:
        what = "texts" if dtype.kind in "US" else f"of type {dtype}"
        raise source.refusal(f"{name} has no numbers: its elements are {what}", _SAVE)
    if any(length < 1 for length in shape):
        raise source.refusal(f"{name} is empty: its shape is {shape}", "it has a timestep at least")


def _data(source: Source, arrays: dict[str, tuple[str, Array]]) -> Data:
    name, x = arrays["x"]
    if x.ndim not in (1, 2, 3):
        what = f"has {x.ndim} axes" if x.ndim else "is one number"
        hint = "its shape is (T,), (T, input size) or (sequences, T, input size)"
        raise source.refusal(f"{name} {what}", hint)
    lead = x.shape[:2] if x.ndim == 3 else x.shape[:1]
    targets = _fitting(source, arrays, "targets", (len(lead), len(lead) + 1), lead)
    mask = _fitting(source, arrays, "mask", (len(lead),), lead)
    if mask is None:
        mask = np.ones(lead)
    elif (mask < 0).any():
        index = [int(i) for i in np.argwhere(mask < 0)[0]]
        raise source.refusal(f"`mask` at {index} is negative", "0 where the loss does not count")
    flat = targets is not None and targets.ndim == len(lead)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim == 3:
        source.take(len(x) * SEQUENCE)
    if x.ndim == 2:
        return Data((InputSequence(x, targets, mask),), {}, {}, flat)
    sequences = tuple(
        InputSequence(x[n], None if targets is None else targets[n], mask[n]) for n in range(len(x))
    )
    return Data(sequences, {}, {}, flat)


def _fitting(
    source: Source,
    arrays: dict[str, tuple[str, Array]],
    role: str,
    axes: tuple[int, ...],
    lead: tuple[int, ...],
) -> Array | None:
    """Targets or mask, if there are any: as many sequences and timesteps as `lead` says."""
    if role not in arrays:
        return None
    name, array = arrays[role]
    if array.ndim not in axes or array.shape[: len(lead)] != lead:
        own, x = arrays["x"][0], arrays["x"][1].shape
        fitting = " or ".join(
            str(lead if n == len(lead) else (*lead, "output size")).replace("'", "") for n in axes
        )
        message = f"{name} has the shape {array.shape}, where {own} has {x}"
        raise source.refusal(message, f"it would be {fitting}")
    return array
