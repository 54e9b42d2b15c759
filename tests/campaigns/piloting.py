"""The application without a terminal, in this process: keys are pressed, and it must stay."""

from __future__ import annotations

import asyncio
import signal
from types import FrameType

from textual.events import Key

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.text.problems import InputError
from rnntui.tui.app import RnnTui

from .cases import Case
from .judging import Fault, place

_SECONDS = 30.0  # of processor time, for a whole case
_SIZES = ((80, 24), (120, 40), (200, 60))


class _TooLongError(BaseException):
    """Not to be caught by what it interrupts."""


def judge_in_application(case: Case) -> Fault | None:
    """Open the file of a case and press its keys; what is wrong, if anything is."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise _TooLongError

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, _SECONDS)
    try:
        file = parse_sequence_file(case.content.decode(), "f.toml")
        return asyncio.run(_pressed(RnnTui(file), case))
    except InputError:
        return None
    except _TooLongError as error:
        return Fault("slow", "open", place(error.__traceback__))
    except MemoryError as error:
        return Fault("memory", "open", place(error.__traceback__))
    except Exception as error:
        return Fault(
            "exception", f"{type(error).__name__} {place(error.__traceback__)}", str(error)[:300]
        )
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


async def _pressed(app: RnnTui, case: Case) -> Fault | None:
    size = _SIZES[len(case.content) % len(_SIZES)]
    async with app.run_test(size=size) as pilot:
        for key in case.arguments[1:]:
            app.post_message(Key(key, None))
            await pilot._wait_for_screen()
            if not app.is_running:
                return Fault("ended", "open", f"after {key}")
        await pilot.pause()
    return None
