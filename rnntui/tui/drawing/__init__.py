"""Drawing primitives: arrays in, coloured terminal cells out. They know nothing of networks.

`from rnntui.tui import drawing` imports none of them yet, so that frames are on the screen before
NumPy is imported; `drawing.bars.heat_strip(…)` imports what it needs.
"""

from typing import TYPE_CHECKING

from rnntui.lazy_modules import imported_when_used

if TYPE_CHECKING:
    from rnntui.tui.drawing import axis as axis
    from rnntui.tui.drawing import bars as bars
    from rnntui.tui.drawing import cells as cells
    from rnntui.tui.drawing import decimation as decimation
    from rnntui.tui.drawing import growing_curve as growing_curve
    from rnntui.tui.drawing import matrix_rows as matrix_rows
    from rnntui.tui.drawing import plot_labels as plot_labels
    from rnntui.tui.drawing import plots as plots
else:
    __getattr__ = imported_when_used(__name__)
