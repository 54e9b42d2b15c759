"""Screens in front of another, which answer and go."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

Answer = TypeVar("Answer")


def is_in_front(screen: Screen[Answer]) -> bool:
    """Whether a screen is the one that is seen, and so the one that leaves when a screen is to."""
    stack = screen.app.screen_stack
    return bool(stack) and stack[-1] is screen


class Dialog(ModalScreen[Answer]):
    """Goes once. With Textual (8.2.8), a screen that is dismissed again by a key or a click that was
    waiting takes the one below with it, or raises InvalidStateError, and ends the application."""

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Go, with an answer, unless it has gone already."""
        return super().dismiss(result) if is_in_front(self) else AwaitComplete()
