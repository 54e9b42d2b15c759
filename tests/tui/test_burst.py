"""A burst of keys: what nobody would see is not painted."""

from __future__ import annotations

import asyncio

from textual.events import Key

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.tui.app import RnnTui


async def typed(app: RnnTui, keys: str) -> None:
    """All keys at once, as a terminal hands over what was typed ahead; then wait for their effect."""
    for key in keys.split():
        app.post_message(Key(key, key if len(key) == 1 else None))
    while app.keyboard.is_busy or app.message_queue_size:
        await asyncio.sleep(0.01)


async def test_screens_that_come_and_go_are_not_painted() -> None:
    app = RnnTui(read_sequence_file(find_file("carousel")))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        painted = 0
        display = app._display

        def counted(screen: object, renderable: object) -> None:
            nonlocal painted
            painted += not app._batch_count
            display(screen, renderable)  # type: ignore[arg-type]

        app._display = counted  # type: ignore[assignment,method-assign]
        began = asyncio.get_running_loop().time()
        await typed(app, "question_mark escape " * 40)
        await pilot.pause()
        glimpses = (asyncio.get_running_loop().time() - began) / 0.25
        assert painted < 12 + 4 * glimpses  # of 80 screens that are opened or left
        assert len(app.screen_stack) == 2
        assert app._batch_count == 0
