"""Every key of the stepper, once: the view's bindings, the footer and the help are made of this."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class StepperKey:
    """A key, or several that do the same.

    keys: as Textual names them. shown: as the help writes them. help: what they do.
    hint: (keys, label) in the footer; empty to stay out of it.
    """

    keys: tuple[str, ...]
    action: str
    shown: str
    help: str
    group: str
    hint: tuple[str, str] | None = None

    @property
    def full_action(self) -> str:
        """The action as it is found from the view: some are the app's."""
        app_wide = self.action in ("quit", "toggle_theme")
        return f"app.{self.action}" if app_wide else self.action


KEYS = (
    StepperKey(("full_stop",), "next_equation", ".", "next equation", "Step", (",.", "equation")),
    StepperKey(("comma",), "previous_equation", ",", "previous equation", "Step"),
    StepperKey(("right", "l"), "next_timestep", "→ l", "next timestep", "Step", ("←→", "timestep")),
    StepperKey(("left", "h"), "previous_timestep", "← h", "previous timestep", "Step"),
    StepperKey(
        ("enter",),
        "next_iteration",
        "Enter",
        "one training iteration forward",
        "Step",
        ("⌫ ⏎", "train"),
    ),
    StepperKey(
        ("backspace",),
        "previous_iteration",
        "Backspace",
        "one training iteration back: the very same bits",
        "Step",
    ),
    StepperKey(
        ("space",),
        "run",
        "Space",
        "run training beside the screen; pause it",
        "Step",
        ("␣", "run"),
    ),
    StepperKey(
        ("colon",),
        "go_to",
        ":",
        "go to an iteration (1200, +100) or timestep (t 30)",
        "Step",
        (":", "go to"),
    ),
    StepperKey(("ctrl+right",), "jump(1)", "Ctrl+→", "a tenth of the sequence forward", "Step"),
    StepperKey(("ctrl+left",), "jump(-1)", "Ctrl+←", "a tenth of the sequence back", "Step"),
    StepperKey(("home",), "to_start", "Home", "start of the sequence", "Step"),
    StepperKey(("end",), "to_end", "End", "end of the sequence", "Step"),
    StepperKey(("r",), "restart", "r", "restart from the initial parameters", "Step"),
    StepperKey(
        ("down", "j"),
        "select_next",
        "↓ j",
        "select the next quantity or parameter",
        "Look",
        ("↑↓", "pick"),
    ),
    StepperKey(("up", "k"), "select_previous", "↑ k", "select the one before", "Look"),
    StepperKey(("tab",), "next_panel", "Tab", "next panel", "Look", ("Tab", "panel")),
    StepperKey(("shift+tab",), "previous_panel", "Shift+Tab", "previous panel", "Look"),
    StepperKey(
        ("f",), "full_screen", "f", "this panel full-screen, and back", "Look", ("f", "full")
    ),
    StepperKey(("pagedown",), "scroll_panel(1)", "PgDn", "scroll the panel down", "Look"),
    StepperKey(("pageup",), "scroll_panel(-1)", "PgUp", "scroll the panel up", "Look"),
    StepperKey(("shift+right",), "scroll_sideways(1)", "Shift+→", "scroll the panel right", "Look"),
    StepperKey(("shift+left",), "scroll_sideways(-1)", "Shift+←", "scroll the panel left", "Look"),
    StepperKey(
        ("escape",),
        "leave",
        "Esc",
        "leave full screen; select nothing; back to the gallery",
        "Look",
    ),
    StepperKey(("t",), "toggle_theme", "t", "dark or light theme", "Program", ("t", "theme")),
    StepperKey(("question_mark", "f1"), "help", "?", "this help", "Program", ("?", "help")),
    StepperKey(("q",), "quit", "q", "quit (so does Ctrl-C)", "Program", ("q", "quit")),
)


_FIRST = "next_panel"  # in the footer
_LAST = (
    "select_next",
    "go_to",
    "full_screen",
    "toggle_theme",
)  # what a narrow one leaves out first


def bindings(keys: tuple[StepperKey, ...] = KEYS) -> list[BindingType]:
    """The keys as Textual's bindings, in the order of the footer."""
    return [
        Binding(
            ",".join(key.keys),
            key.full_action,
            key.hint[1] if key.hint else key.help,
            show=key.hint is not None,
            key_display=key.hint[0] if key.hint else None,
            tooltip=key.help,
        )
        for key in sorted(keys, key=lambda key: (key.action != _FIRST, key.action in _LAST))
    ]
