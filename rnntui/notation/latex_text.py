"""Text of any script → LaTeX that any engine takes, with the fonts that every installation has."""

from __future__ import annotations

import unicodedata

from rnntui.notation.symbols import GREEK

# Signs of formulas, in math mode.
SIGNS = {
    "∂": r"\partial ",
    "⊤": r"\top",
    "⋮": r"\vdots",
    "⋯": r"\cdots",
    "⋱": r"\ddots",
    "…": r"\dots ",
    "−": "-",
    "·": r"\cdot",
    "⊙": r"\odot",
    "⊗": r"\otimes",
    "≤": r"\leq",
    "≥": r"\geq",
    "≠": r"\neq",
    "←": r"\leftarrow",
    "×": r"\times ",
    "‖": r"\Vert",
    "|": r"\vert",
    "⟨": r"\langle",
    "⟩": r"\rangle",
}
GREEK_COMMANDS = {letter: "\\" + name for name, letter in GREEK.items()}

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\ensuremath{\$}",  # in italics the text font's would be a pound sign
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": "`{}",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\dots{}",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "§": r"\S{}",
    "©": r"\copyright{}",
    "\N{NO-BREAK SPACE}": "~",
}
_IN_MATH = {
    "→": r"\rightarrow",
    "⇒": r"\Rightarrow",
    "≈": r"\approx",
    "±": r"\pm",
    "∞": r"\infty",
    "√": r"\surd",
    "∑": r"\sum",
    "∈": r"\in",
    "°": r"^{\circ}",
    "ℓ": r"\ell",
    "÷": r"\div",
    "ϵ": r"\epsilon",
    "¬": r"\neg",
    "∇": r"\nabla",
}
_MARKS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}


def latex_text(text: str) -> str:
    """Text as ASCII that LaTeX sets as it is; characters that no standard font has as [U+4E2D]."""
    pieces: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if unicodedata.combining(character) and pieces:  # one that has no letter of its own: c̃
            pieces[-1] = _accented(pieces[-1], character)
        else:
            pieces.append(_character(character))
    return "".join(pieces)


def _character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if " " <= character <= "~":
        return character
    math = (
        _IN_MATH.get(character) or GREEK_COMMANDS.get(character) or SIGNS.get(character, "").strip()
    )
    if math:
        return rf"\ensuremath{{{math}}}"
    decomposed = unicodedata.normalize("NFD", character)
    if len(decomposed) > 1 and decomposed[0].isascii() and decomposed[1] in _MARKS:
        letter = decomposed[0]
        for mark in decomposed[1:]:
            letter = _accented(letter, mark)
        return letter
    return _compatible(character) or f"[U+{ord(character):04X}]"


def _compatible(character: str) -> str:
    """Raised and lowered digits and letters, and fractions."""
    kind, _, plain = unicodedata.decomposition(character).partition("> ")
    text = "".join(chr(int(code, 16)) for code in plain.split())
    match kind:
        case "<super" | "<sub" if text.isascii() and text.isalnum():
            sign = "^" if kind == "<super" else "_"
            return rf"\ensuremath{{{sign}{{{text}}}}}"
        case "<fraction":
            over, _, under = text.partition("\N{FRACTION SLASH}")
            if over and under:
                return rf"\ensuremath{{\frac{{{over}}}{{{under}}}}}"
    return ""


def _accented(letter: str, mark: str) -> str:
    accent = _MARKS.get(mark)
    return rf"\{accent}{{{letter}}}" if accent else f"{letter}[U+{ord(mark):04X}]"
