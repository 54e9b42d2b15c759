"""Choosing a model for data that comes without one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from stepping import opened, settle, view
from textual.widgets import Input, OptionList, Static

from rnntui.data.formats.opening import open_sequences
from rnntui.data.formats.options import ModelOptions
from rnntui.data.formats.source import ReportProgress
from rnntui.data.sequence_file import SequenceFile
from rnntui.models.library import load_model
from rnntui.models.names import model_names
from rnntui.tui.app import RnnTui
from rnntui.tui.pending_file import PendingFile
from rnntui.tui.screens.choose_model import ChooseModelScreen
from rnntui.tui.screens.stepper import StepperScreen


@pytest.fixture
def app(tmp_path: Path) -> RnnTui:
    data = tmp_path / "numbers.csv"
    data.write_text("x,y\n0.1,1\n0.5,0\n0.2,1\n")

    def opens(chosen: Mapping[str, Any], progress: ReportProgress | None) -> SequenceFile:
        return open_sequences(data, ModelOptions(**chosen), progress)

    return RnnTui(PendingFile("numbers", opens, lacks_model=True))


async def test_enter_opens_the_data_with_the_model_under_the_cursor(app: RnnTui) -> None:
    async with app.run_test(size=(100, 34)) as pilot:
        assert isinstance(app.screen, ChooseModelScreen)
        app.screen.query_one(OptionList).highlighted = model_names().index("gru")
        app.screen.query_one(Input).value = "3"
        await pilot.press("enter")
        await opened(pilot)
        assert isinstance(app.screen, StepperScreen)
        file = view(app).session.file
        assert (file.model.name, file.program.shapes["h"]) == ("gru", (3,))


async def test_the_lstm_is_offered_first(app: RnnTui) -> None:
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.press("enter")
        await opened(pilot)
        assert view(app).session.file.model.name == "lstm"


async def test_every_model_with_its_title(app: RnnTui) -> None:
    async with app.run_test(size=(100, 34)) as pilot:
        await settle(pilot)
        options = app.screen.query_one(OptionList)
        for name in model_names():
            assert load_model(name).title in str(options.get_option(name).prompt)


@pytest.mark.parametrize(("model", "hidden"), [("lstm", "0"), ("lstm", ""), ("carousel", "4")])
async def test_what_does_not_fit_is_said_and_can_be_mended(app, model: str, hidden: str) -> None:
    async with app.run_test(size=(100, 34)) as pilot:
        app.screen.query_one(OptionList).highlighted = model_names().index(model)
        app.screen.query_one(Input).value = hidden
        await pilot.press("enter")
        await opened(pilot)
        assert isinstance(app.screen, ChooseModelScreen)
        assert str(app.screen.query_one("#wrong", Static).render())
        app.screen.query_one(OptionList).highlighted = model_names().index("elman")
        app.screen.query_one(Input).value = "2"
        await pilot.press("enter")
        await opened(pilot)
        assert isinstance(app.screen, StepperScreen)
