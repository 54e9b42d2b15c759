"""The names in a TOML text's keys and headers, counted before any table is made of them.

A dotted key of n names below a header of h makes up to n tables, and to see that it redefines none
of them `tomllib` looks each of its n beginnings up from the root: n · (h + n) steps, kept until the
next header. A text of a megabyte may so take gigabytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# A string that is not closed ends with its line; no part of a text is so looked at again and again.
_NAME = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]++|\\[^\n]?+)*+"?+|'[^'\n]*+'?+)[ \t]*+"""
_DOTTED = rf"{_NAME}(?:\.[ \t]*+{_NAME})*+"
_PART = re.compile(_NAME)
_TOKEN = re.compile(
    rf"^[ \t]*+\[{{1,2}}[ \t]*+(?P<header>{_DOTTED})\]{{1,2}}+[ \t]*+(?=[\r\n#]|\Z)"
    r"|#[^\n]*+"
    r'|"""(?:[^"\\]++|\\.?+|"{1,2}(?!"))*+"{0,5}+'
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{0,5}+"
    rf"|(?:{_DOTTED}\s*+,\s*+)++"  # elements of an array
    rf"|(?P<key>{_DOTTED})",  # or a value
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class KeyNames:
    """The names in a text's keys and headers.

    count: of all headers, and of all keys but for their last names. steps: from name to name that
    looking up their beginnings takes, no fewer than `tomllib` makes. longest: names of the longest
    key or header, which starts at the offset `longest_at`.
    """

    count: int
    steps: int
    longest: int
    longest_at: int


def count_key_names(text: str) -> KeyNames:
    """Count the names in the keys and headers of `text`, in time proportional to its length.

    Of a text that is not TOML those up to its first fault are counted, and something after it.
    """
    count = steps = longest = longest_at = header = 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind is None or (kind == "key" and text[token.end() : token.end() + 1] != "="):
            continue
        names = _names(token[kind])
        if kind == "header":
            # the longest so far: an array's `[1]` on a line of its own looks like a header
            header = max(header, names)
            count += names
            steps += names
        else:
            count += names - 1
            steps += names * (header + names)
        if names > longest:
            longest, longest_at = names, token.start(kind)
    return KeyNames(count, steps, longest, longest_at)


def _names(dotted: str) -> int:
    if "." not in dotted:
        return 1
    return sum(1 for _ in _PART.finditer(dotted))
