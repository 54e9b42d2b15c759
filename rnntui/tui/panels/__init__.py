"""The stepper's panels, one file each; each paints a view of the moment and computes nothing.

A panel is added by adding a file here:

    @panel("norms", title="Norms", area="weights", about="the norm of every parameter")
    class NormsPanel(RowsPanel["NormsView"]):
        def view(self, moment: Moment) -> NormsView:
            return views.norms.view(moment)  # what it says, from session/views/norms.py

        def rows(self, view: NormsView, room: Room) -> Rows:
            return Rows([Line(f"{name} {norm:.2f}") for name, norm in view.norms])

(`PlotsPanel` instead of `RowsPanel` for plots.) That is all: layouts, the order of Tab, frames,
the help and the styles follow from it. See `areas.py` for where a panel may stand.

All panels are imported before the first screen is seen, which shows their frames. So a panel
imports nothing that computes: of `session.views` and `tui.drawing` it imports the packages alone,
whose modules are imported when they are first used (`views.norms.view`, `drawing.bars.bar`), and
for their types it imports what it likes under TYPE_CHECKING. `drawing.line`, `drawing.marks`,
`drawing.cache`, `drawing.rows_view`, `drawing.palette` and `rnntui.text` are light.
"""
