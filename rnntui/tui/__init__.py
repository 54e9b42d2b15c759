"""The terminal: the application, its screens, panels and drawing."""

import os

# Textual waits for the next of so many ticks a second with a picture, even if there is one to be
# shown: 60 of them, its own number, are most of the time that a key may take. It looks when it is
# imported, which is after this.
os.environ.setdefault("TEXTUAL_FPS", "240")
