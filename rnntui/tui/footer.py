"""The keys at the foot of a screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer

Shown = list[tuple[str, str, str, bool]]


class KeysFooter(Footer):
    """Textual's footer, which comes some frames after the screen and is made anew at each of its
    starts; this one is there in the first frame, and changes only when the keys do.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self.set_reactive(Footer._bindings_ready, True)
        self._shown: Shown = []

    def compose(self) -> ComposeResult:
        """The keys as they are now."""
        self._shown = _shown(self.screen)
        yield from super().compose()

    def bindings_changed(self, screen: Screen) -> None:
        """Make the footer anew if it would be another."""
        if _shown(screen) != self._shown:
            super().bindings_changed(screen)


def _shown(screen: Screen) -> Shown:
    return [
        (key, active.binding.description, active.binding.action, active.enabled)
        for key, active in screen.active_bindings.items()
        if active.binding.show
    ]
