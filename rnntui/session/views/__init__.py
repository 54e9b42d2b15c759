"""What each panel says of a moment, as a value: `view(moment)` in a file for each panel.

A view holds names, numbers, marks and what is current, selected or known, and nothing about widths,
colours or a terminal: a panel paints it, a test reads it, and `plain.plain` makes JSON of it.

- A view is frozen, its arrays are closed to writing, and it is cheap: what takes work (a formula, a
  path) is a property, made once when it is first read.
- Texts are as the file has them: whoever paints them escapes them (`text.problems.printable`).
- `version`: two views of a panel whose versions are equal have the same numbers. What a panel keeps
  from one view to the next, it keeps by that; there is nothing else to be read from it.
"""

from typing import TYPE_CHECKING

from rnntui.lazy_modules import imported_when_used

if TYPE_CHECKING:
    from rnntui.session.views import equation as equation
    from rnntui.session.views import gradients as gradients
    from rnntui.session.views import hidden_space as hidden_space
    from rnntui.session.views import loss as loss
    from rnntui.session.views import quantities as quantities
    from rnntui.session.views import sequence as sequence
    from rnntui.session.views import status as status
    from rnntui.session.views import weights as weights
else:
    __getattr__ = imported_when_used(__name__)
