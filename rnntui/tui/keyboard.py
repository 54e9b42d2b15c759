"""Keys one after the other: each has had its whole effect before the next one is looked at.

A key goes to the widget in focus, bubbles up to the application, which then runs what is bound to
it; that may open a screen, whose prompt takes the focus only once it is there. Keys that are typed
meanwhile, which Textual forwards at once, would reach a screen that is still in front or has just
gone: the digits of `:400` the stepper, a second Enter a dialog that the first one has dismissed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event
from textual.message_pump import MessagePump

_ROUNDS = 2  # at least: what a key leads to may be a message of its own, which bubbles up as it did
_PATIENCE = 5.0  # seconds after which a key is taken to have had its effect, whatever holds it up


class Keyboard:
    """Hands events over to `deliver` in their order, each when nothing of the last is under way."""

    def __init__(self, app: App[Any], deliver: Callable[[Event], Awaitable[None]]) -> None:
        self._app, self._deliver = app, deliver
        self._waiting: deque[Event] = deque()
        self._under_way = 0  # the number of the event that is, or 0
        self._count = 0
        self._timeout: asyncio.TimerHandle | None = None
        self._when_caught_up: dict[Callable[[], object], None] = {}

    @property
    def is_behind(self) -> bool:
        """Whether more keys wait: a picture for the one at hand would be seen by nobody."""
        return bool(self._waiting)

    @property
    def is_busy(self) -> bool:
        """Whether a key is under way."""
        return bool(self._under_way)

    async def take(self, event: Event) -> None:
        """Deliver an event in its turn."""
        if self._under_way:
            self._waiting.append(event)
        else:
            await self._begin(event)

    def when_caught_up(self, call: Callable[[], object]) -> None:
        """Call it once no more keys wait; what is asked for twice is called once."""
        self._when_caught_up[call] = None

    def forget(self) -> None:
        """Leave what waits undelivered."""
        self._waiting.clear()

    async def _begin(self, event: Event) -> None:
        self._count += 1
        self._under_way = self._count
        loop = asyncio.get_running_loop()
        self._timeout = loop.call_later(_PATIENCE, self._end, self._under_way)
        await self._deliver(event)
        self._follow(self._under_way, _ROUNDS)

    def _follow(self, number: int, rounds: int) -> None:
        """Go the way of the event, behind it and all that it has led to by now."""
        before = self._standing()
        node = self._app.focused or self._app.screen

        def arrive() -> None:
            if number != self._under_way:
                return
            if rounds > 1 or self._standing() != before:
                self._follow(number, max(rounds - 1, 1))
            else:
                self._end(number)

        self._hop(node, arrive)

    def _hop(self, node: MessagePump | None, arrive: Callable[[], None]) -> None:
        """Wait for one widget's turn after the other, up to the application."""
        while node is not None and node is not self._app:
            above = node.parent if isinstance(node, DOMNode) else None
            if node.is_attached and node.call_later(self._hop, above, arrive):
                return
            node = above
        self._app.call_later(arrive)

    def _standing(self) -> tuple[object, object]:
        """What tells whether keys go elsewhere than before."""
        return tuple(self._app.screen_stack), self._app.focused

    def _end(self, number: int) -> None:
        if number != self._under_way:
            return
        self._under_way = 0
        if self._timeout is not None:
            self._timeout.cancel()
        if self._waiting:
            self._app.call_later(self._begin, self._waiting.popleft())
            self._under_way = -1  # nobody else comes between
            return
        calls, self._when_caught_up = self._when_caught_up, {}
        for call in calls:
            self._app.call_later(call)


def keyboard_of(app: App[Any]) -> Keyboard | None:
    """The keyboard of an application that has one."""
    keyboard = getattr(app, "keyboard", None)
    return keyboard if isinstance(keyboard, Keyboard) else None
