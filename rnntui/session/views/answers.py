"""A worked answer of the file beside what was computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnntui.notation.formula import format_value
from rnntui.session.checks import CheckedValue, Status
from rnntui.session.views.arrays import Array, closed


@dataclass(frozen=True, eq=False)
class Answer:
    """What an answer is of (`∂L/∂c`), what it says, and how it stands.

    tolerance: the largest that any component may be off. computed: None where it was not reached.
    note: the file's.
    """

    subject: str
    status: Status
    expected: Array
    tolerance: float
    computed: Array | None
    note: str

    @classmethod
    def of(cls, check: CheckedValue) -> Answer:
        """The view of a checked value."""
        value = check.value
        return cls(
            check.subject,
            check.status,
            closed(np.asarray(value.expected)),
            float(np.max(value.tolerance)),
            None if check.computed is None else closed(check.computed),
            check.expectation.note,
        )

    @property
    def expected_text(self) -> str:
        """The answer with as many decimals as its tolerance has."""
        return format_value(self.expected, decimals(self.tolerance))

    @property
    def correction(self) -> str:
        """What was computed, in the same form, where the answer is wrong; else nothing."""
        if self.computed is None or self.status not in ("wrong", "mistake"):
            return ""
        return format_value(self.computed, decimals(self.tolerance))


def decimals(tolerance: float) -> int:
    """Decimals that show a difference of the tolerance, of which a line has room for so many."""
    return next((d for d in range(2, 12) if 10.0**-d <= tolerance), 12)
