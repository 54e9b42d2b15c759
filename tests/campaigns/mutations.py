"""Changing a file a little: bytes, lines, words and numbers of it, also within archives."""

from __future__ import annotations

import gzip
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from random import Random

NUMBERS = (
    b"0", b"-1", b"1e308", b"-1e308", b"1e309", b"5e-324", b"nan", b"inf", b"1e-400", b"999999999999",
    b"2147483648", b"9223372036854775808", b"1" * 400, b"1_0", b"0x7f", b"-0.0", b"1e5", b"1000000000",
    b"10", b"100", b"4096", b"0.1", b"true",
)  # fmt: skip
WORDS = (
    b"\x00", b"\x1b[2J", b"\x9b", "\u009b31m".encode(), "\u202e".encode(), "\ufeff".encode(),
    b"\xff\xfe", b"\r", b"\x07", "é漢".encode(), "👩\u200d🔬".encode(), "٣".encode(), b'"', b"'", b'"""',
    b"'''", b"#", b"\\", b"\\u0000", b"\\u001b", b"\\ud800", b"{}", b"[]", b"{ }", b"[[1], [1, 2]]",
    b"null", b"{'a': 1}", b",", b"=", b".", b":", b"%s", b"{0}", b"[b]", b"[/b]", b"$x$", b"<b>", b"\n[",
    b"\n\n", b"t-1", b"[t-1]", b"x", b"h", b"y", b"loss", b"target", b"@", b"**", b"/", b".T", b"[0]",
    b"[-1:]", b"(", b")", b"where", b"sum(", b"softmax(", b"grad(h)", b"pre(h)", b"next", b"all", b"last",
    b"lstm", b"reber", b"adam", b"\ttab", b" " * 300, b"a" * 3000,
)  # fmt: skip
_TOKEN = re.compile(rb"[A-Za-z_]\w*|[-+]?\d[\w.+-]*|\S")
_NUMBER = re.compile(rb"(?<![A-Za-z_\w])[-+]?\.?\d[\d._]*(?:[eE][-+]?\d+)?")
_PLACES = re.compile(rb"\s|(?<=\W)|(?=\W)")
_NESTS = (
    (b"[", b"]"),
    (b"(", b")"),
    (b"{'a':", b"}"),
    (b'{"a":', b"}"),
    (b"-", b""),
    (b"a.", b""),
    (b"not ", b""),
)


def mutated(random: Random, content: bytes, others: list[bytes]) -> bytes:
    """The content with one change or a few; parts of others are put into it, too."""
    if not content:
        return random.choice(others)
    opened = _opened(content)
    if opened is not None and random.random() < 0.7:
        inner, close = opened
        return close(random, inner, others)
    kinds = random.choice((_MILD, _MILD, _ROUGH))
    for _ in range(random.choice((1, 1, 1, 1, 2, 5))):
        content = random.choice(kinds)(random, content, others)
    return content


def _opened(content: bytes) -> tuple[bytes, Callable[[Random, bytes, list[bytes]], bytes]] | None:
    """What is within a gzip file or an archive, and how to change and pack it again."""
    try:
        if content.startswith(b"\x1f\x8b"):
            return gzip.decompress(content), lambda r, c, o: gzip.compress(
                mutated(r, c, o), 1, mtime=0
            )
        if content.startswith(b"PK\x03"):
            return content, _with_another_member
    except (OSError, EOFError, zlib.error):
        pass
    return None


def _with_another_member(random: Random, content: bytes, others: list[bytes]) -> bytes:
    """An archive with a member changed, renamed, left out or doubled, and right checksums of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
    except Exception:  # changed before, and now no archive
        return _flipped(random, content, others)
    at = random.randrange(len(members))
    name, inner = members[at]
    match random.randrange(6):
        case 0:
            members.pop(at)
        case 1:
            members.append((name, inner))
        case 2:
            members[at] = (random.choice(members)[0], inner)
        case 3:
            members[at] = (name, random.choice(members)[1])
        case _:
            members[at] = (name, mutated(random, inner, others))
    stream = io.BytesIO()
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(stream, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two members with one name
        for name, inner in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, inner)
    return stream.getvalue()


def _at(random: Random, content: bytes) -> int:
    return random.randrange(len(content) + 1)


def _span(random: Random, content: bytes, most: int = 400) -> tuple[int, int]:
    start = _at(random, content)
    return start, min(start + int(random.paretovariate(0.6)), start + most, len(content))


def _flipped(random: Random, content: bytes, others: list[bytes]) -> bytes:
    if not content:
        return b"\x00"
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 10))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _random_bytes(random: Random, content: bytes, others: list[bytes]) -> bytes:
    at, end = _span(random, content)
    return content[:at] + random.randbytes(random.randrange(1, 9)) + content[end:]


def _truncated(random: Random, content: bytes, others: list[bytes]) -> bytes:
    return (
        content[: _at(random, content)]
        if random.random() < 0.8
        else content[_at(random, content) :]
    )


def _cut_out(random: Random, content: bytes, others: list[bytes]) -> bytes:
    at, end = _span(random, content)
    return content[:at] + content[end:]


def _doubled(random: Random, content: bytes, others: list[bytes]) -> bytes:
    at, end = _span(random, content)
    return content[:end] + content[at:end] * random.choice((1, 1, 2, 50)) + content[end:]


def _spliced(random: Random, content: bytes, others: list[bytes]) -> bytes:
    other = random.choice(others)
    return content[: _at(random, content)] + other[_at(random, other) :][:20_000]


def _lines_changed(random: Random, content: bytes, others: list[bytes]) -> bytes:
    """A line left out, doubled, moved, or taken from another file."""
    lines = content.split(b"\n")
    at = random.randrange(len(lines))
    match random.randrange(4):
        case 0:
            lines.pop(at)
        case 1:
            lines.insert(random.randrange(len(lines)), lines[at])
        case 2:
            lines.insert(random.randrange(len(lines)), lines.pop(at))
        case _:
            lines.insert(at, random.choice(random.choice(others)[:20_000].split(b"\n")))
    return b"\n".join(lines)


def _tokens_swapped(random: Random, content: bytes, others: list[bytes]) -> bytes:
    """A word in the place of another of the same file, or both in each other's."""
    found = list(_TOKEN.finditer(content[:20_000]))
    if len(found) < 2:
        return _doubled(random, content, others)
    first, second = sorted(random.sample(found, 2), key=lambda match: match.start())
    kept = second.group() if random.random() < 0.5 else first.group()
    return (
        content[: first.start()] + second.group() + content[first.end() : second.start()]
        + kept + content[second.end() :]
    )  # fmt: skip


def _word_put_in(random: Random, content: bytes, others: list[bytes]) -> bytes:
    places = [match.start() for match in _PLACES.finditer(content[:20_000])] or [0]
    at = random.choice(places)
    return content[:at] + random.choice(WORDS) + content[at:]


def _word_replaced(random: Random, content: bytes, others: list[bytes]) -> bytes:
    found = list(_TOKEN.finditer(content[:20_000]))
    if not found:
        return _word_put_in(random, content, others)
    match = random.choice(found)
    return content[: match.start()] + random.choice(WORDS) + content[match.end() :]


def _number_replaced(random: Random, content: bytes, others: list[bytes]) -> bytes:
    found = list(_NUMBER.finditer(content[:20_000]))
    if not found:
        return _word_replaced(random, content, others)
    match = random.choice(found)
    return content[: match.start()] + random.choice(NUMBERS) + content[match.end() :]


def _nested(random: Random, content: bytes, others: list[bytes]) -> bytes:
    """A part within brackets many deep, closed or not."""
    opening, closing = random.choice(_NESTS)
    found = list(_TOKEN.finditer(content[:20_000]))
    match = random.choice(found) if found else None
    at, end = (match.start(), match.end()) if match else _span(random, content)
    depth = random.choice((2, 60, 1200, 30_000))
    close = closing * (depth if random.random() < 0.7 else 0)
    return content[:at] + opening * depth + content[at:end] + close + content[end:]


def _number_near(random: Random, content: bytes, others: list[bytes]) -> bytes:
    """Another number where one stood, such as might have been meant."""
    found = list(_NUMBER.finditer(content[:20_000]))
    if not found:
        return _tokens_swapped(random, content, others)
    match = random.choice(found)
    number = random.choice((random.randrange(-2, 12), round(random.gauss(0, 3), 2)))
    return content[: match.start()] + str(number).encode() + content[match.end() :]


def _digit_changed(random: Random, content: bytes, others: list[bytes]) -> bytes:
    found = [at for at, byte in enumerate(content[:20_000]) if 48 <= byte < 58]
    if not found:
        return _tokens_swapped(random, content, others)
    at = random.choice(found)
    return content[:at] + str(random.randrange(10)).encode() + content[at + 1 :]


_Kind = Callable[[Random, bytes, list[bytes]], bytes]
_MILD: tuple[_Kind, ...] = (
    _number_near, _number_near, _digit_changed, _number_replaced, _tokens_swapped, _lines_changed,
    _word_replaced,
)  # fmt: skip
_ROUGH: tuple[_Kind, ...] = (
    _flipped, _random_bytes, _truncated, _cut_out, _doubled, _spliced, _lines_changed, _tokens_swapped,
    _word_put_in, _word_replaced, _number_replaced, _nested,
)  # fmt: skip
