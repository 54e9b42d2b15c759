"""The README says what is true: its files open, its keys and functions are all there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rnntui.cli import main
from rnntui.data.sequence_file import parse_sequence_file
from rnntui.language.functions import FUNCTIONS
from rnntui.models.library import load_model, model_names
from rnntui.models.optimisers import OPTIMIZERS
from rnntui.tui.stepper.keys import KEYS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOML = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)


def section(title: str) -> str:
    return re.split(r"^## ", README.split(f"## {title}\n")[1], flags=re.MULTILINE)[0]


def test_the_sequence_file_opens_and_has_the_worked_answers_shape() -> None:
    whole, expect = (next(t for t in TOML if word in t) for word in ("one_hot", "[[expect]]"))
    file = parse_sequence_file(whole + expect)
    assert file.title == "An LSTM learns to copy"
    assert {value.name for value in file.expectations[0].values} == {"c", "h", "pre(f)"}


def test_the_model_is_one() -> None:
    (model,) = (t for t in TOML if t.startswith("[model]"))
    data = TOML[0].replace('model = "lstm"', "").replace("title", "description", 1)
    top, tables = data.split("\n[sizes]", 1)
    file = parse_sequence_file(f"{top}\n{model}\n[sizes]{tables}")
    assert file.model.states == ("h",)


def test_every_key_stands_in_the_table() -> None:
    table = section("Keys")
    names = {"Enter": "Enter", "Backspace": "Backspace", "PgDn": "PgDn", "PgUp": "PgUp"}
    for key in KEYS:
        for shown in key.shown.split():
            assert names.get(shown, shown) in table, key


def test_every_function_is_named() -> None:
    language = section("The model language")
    internal = {"xdivy"}  # what derivatives are written with
    named = set(re.findall(r"\w+", language))
    assert set(FUNCTIONS) - internal <= named


@pytest.mark.parametrize("name", model_names())
def test_every_shipped_model_is_listed(name: str) -> None:
    assert f"`{name}`" in section("The model language")
    assert load_model(name).source


def test_every_optimizer_and_command_is_named() -> None:
    assert all(f"`{name}`" in section("Training") for name in OPTIMIZERS)
    commands = section("Commands")
    assert all(f"rnntui {name}" in commands for name in main.commands if name != "open")


def test_the_commands_have_help_with_an_example() -> None:
    for name in main.commands:
        shown = CliRunner().invoke(main, [name, "--help"])
        assert shown.exit_code == 0
        assert "rnntui " in shown.output.partition("\n")[2] or name == "tasks"


def test_the_pictures_are_there() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file(), path


def test_links_into_the_repository_lead_somewhere() -> None:
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path
