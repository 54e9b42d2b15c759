"""The keys at the foot of a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rich.text import Text
from textual.events import Click, MouseMove
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import Screen

from rnntui.tui.drawing.cached_lines import CachedLines


@dataclass(frozen=True)
class Hint:
    """A key as the footer shows it, from cell `start` to before cell `stop`."""

    key: str
    shown: str
    description: str
    tooltip: str
    enabled: bool
    start: int
    stop: int


class KeysFooter(CachedLines):
    """One line with the keys of the screen that have a label; a click on one presses it.

    In place of Textual's footer, which makes a widget of every key some frames after the screen
    is there, and again at each of its starts: this one is a tenth of the work, and in the first
    frame.

    | component class | what |
    | --- | --- |
    | `keys-footer--key` | the key |
    | `keys-footer--description` | what it does |
    | `keys-footer--hover` | both, under the mouse |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "keys-footer--key",
        "keys-footer--description",
        "keys-footer--hover",
    }
    DEFAULT_CSS = """
    KeysFooter {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
    }
    .keys-footer--key {
        color: $footer-key-foreground;
        background: $footer-key-background;
        text-style: bold;
    }
    .keys-footer--description {
        color: $footer-description-foreground;
        background: $footer-description-background;
    }
    .keys-footer--hover {
        color: $footer-key-foreground;
        background: $block-hover-background;
    }
    """
    ALLOW_SELECT = False

    hints: reactive[tuple[Hint, ...]] = reactive(())
    """The keys from left to right."""

    hovered: reactive[Hint | None] = reactive(None)
    """The one under the mouse."""

    def on_mount(self) -> None:
        """Show the keys as they are, and as they come to be."""
        self._look(self.screen)
        self.screen.bindings_updated_signal.subscribe(self, self._look)

    def _look(self, screen: Screen[Any]) -> None:
        self.hints = _hints(screen)

    def render(self) -> Text:
        """The line."""
        key_style = self.get_component_rich_style("keys-footer--key")
        description_style = self.get_component_rich_style("keys-footer--description")
        text = Text(no_wrap=True, overflow="crop", end="")
        for hint in self.hints:
            text.pad_right(hint.start - text.cell_len)
            text.append(hint.shown, key_style)
            text.append(f" {hint.description}", description_style)
            if not hint.enabled:
                text.stylize("dim", hint.start, hint.stop)
            if hint == self.hovered:
                hover = self.get_component_rich_style("keys-footer--hover", partial=True)
                text.stylize(hover, hint.start, hint.stop)
        return text

    def on_mouse_move(self, event: MouseMove) -> None:
        """Say what the key under the mouse does."""
        self.hovered = self._at(event.x)
        self.tooltip = self.hovered.tooltip if self.hovered else None

    def on_leave(self) -> None:
        """The mouse has gone."""
        self.hovered = None

    def on_click(self, event: Click) -> None:
        """Press the key under the mouse."""
        hint = self._at(event.x)
        if hint is not None and hint.enabled:
            self.app.simulate_key(hint.key)

    def _at(self, x: int) -> Hint | None:
        return next((hint for hint in self.hints if hint.start <= x < hint.stop), None)


def above_footer(size: Size) -> Size:
    """What a footer leaves of a screen."""
    return Size(size.width, max(size.height - 1, 0))


def _hints(screen: Screen[Any]) -> tuple[Hint, ...]:
    """The labelled keys of a screen; of several that do the same, the first."""
    hints: dict[str, Hint] = {}
    start = 0
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.show or binding.action in hints:
            continue
        shown = screen.app.get_key_display(binding)
        stop = start + Text(f"{shown} {binding.description}").cell_len
        tooltip = active.tooltip or binding.description
        hints[binding.action] = Hint(
            binding.key, shown, binding.description, tooltip, active.enabled, start, stop
        )
        start = stop + 1
    return tuple(hints.values())
