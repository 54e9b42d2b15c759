"""JSON that is safe wherever it is printed: what a terminal would obey stands in it as an escape."""

from __future__ import annotations

import json
import re
from typing import Any

_BEYOND_ASCII = re.compile(r"[^ -~\n]")


def to_json(value: Any, indent: int | None = None) -> str:
    """`value` as JSON, on one line unless there is an indent; it is read back the same.

    Letters of all scripts stand as they are. Control and format characters, such as the start of an
    escape sequence, a change of writing direction or a byte order mark, are escaped.
    """
    return _BEYOND_ASCII.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=indent))


def _escaped(match: re.Match[str]) -> str:
    return match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1]
