"""The terminal: the application, its screens, panels and drawing.

    app        which screen there is; what the command palette offers
    screens/   the gallery, the screen while a file is read, the stepper
    stepper/   the view of one session: controller, keys, layout, frames, status line
    panels/    what a frame shows of a moment, one file each
    drawing/   lines, bars, matrices and plots in terminal cells

Each imports only those below it; `process` is what all of it changes of the process it runs in.
"""
