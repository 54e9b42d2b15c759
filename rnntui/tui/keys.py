"""Every key of the stepper, once: the screen's bindings, the footer and the help are made of this."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True)
class Key:
    """A key, or several that do the same.

    keys: as Textual names them. shown: as the footer and the help write them. label: in the
    footer, empty to stay out of it. help: a sentence.
    """

    keys: tuple[str, ...]
    action: str
    shown: str
    label: str
    help: str
    group: str


KEYS = (
    Key(("full_stop",), "next_equation", ".", "equation", "next equation", "Step"),
    Key(("comma",), "previous_equation", ",", "back", "previous equation", "Step"),
    Key(("right", "l"), "next_timestep", "→ l", "timestep", "next timestep", "Step"),
    Key(("left", "h"), "previous_timestep", "← h", "back", "previous timestep", "Step"),
    Key(("enter",), "next_iteration", "⏎", "iteration", "one training iteration forward", "Step"),
    Key(
        ("backspace",),
        "previous_iteration",
        "⌫",
        "back",
        "one training iteration back: the very same bits",
        "Step",
    ),
    Key(("home",), "to_start", "Home", "", "start of the sequence", "Step"),
    Key(("end",), "to_end", "End", "", "end of the sequence", "Step"),
    Key(("r",), "restart", "r", "restart", "restart from the initial parameters", "Step"),
    Key(("down", "j"), "select_next", "↓ j", "", "select the next quantity or parameter", "Look"),
    Key(("up", "k"), "select_previous", "↑ k", "", "select the one before", "Look"),
    Key(
        ("escape",),
        "leave",
        "Esc",
        "",
        "select nothing; leave full screen; back to the gallery",
        "Look",
    ),  # fmt: skip
    Key(("tab",), "next_panel", "Tab", "panel", "next panel", "Look"),
    Key(("shift+tab",), "previous_panel", "⇧Tab", "", "previous panel", "Look"),
    Key(("f",), "full_screen", "f", "full", "this panel full-screen, and back", "Look"),
    Key(("pagedown",), "scroll_panel(1)", "PgDn", "", "scroll the panel down", "Look"),
    Key(("pageup",), "scroll_panel(-1)", "PgUp", "", "scroll the panel up", "Look"),
    Key(("shift+right",), "scroll_sideways(1)", "⇧→", "", "scroll the panel right", "Look"),
    Key(("shift+left",), "scroll_sideways(-1)", "⇧←", "", "scroll the panel left", "Look"),
    Key(("t",), "toggle_theme", "t", "theme", "dark or light theme", "Program"),
    Key(("question_mark", "f1"), "help", "?", "help", "this help", "Program"),
    Key(("q", "ctrl+c"), "quit", "q", "quit", "quit", "Program"),
)


def bindings(keys: tuple[Key, ...] = KEYS) -> list[Binding]:
    """The keys as Textual's bindings; each also stands in the command palette through its help."""
    return [
        Binding(
            ",".join(key.keys),
            _app_wide(key.action),
            key.label or key.help,
            show=bool(key.label),
            key_display=key.shown,
            tooltip=key.help,
            priority="ctrl+c" in key.keys or key.action in ("next_panel", "previous_panel"),
        )
        for key in keys
    ]


def _app_wide(action: str) -> str:
    return f"app.{action}" if action in ("quit", "toggle_theme") else action
