"""What overflows is said where it is, as inf or NaN: no warning beside it, no traceback in its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from rnntui.cli import main

pytestmark = pytest.mark.filterwarnings("error")

HEAVY = """
model = "lstm"
[sizes]
hidden = 1
[data]
values = [[2.3, 2e10], [28, 2.2]]
targets = [[0.5, 70], [8, -1.0]]
mask = [1e308, 1e308]
"""


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize(
    "command",
    [
        ["explain", "--t", "1"],
        ["explain", "--format", "html"],
        ["trace"],
        ["trace", "--format", "csv", "--iteration", "1"],
        ["train", "--iterations", "2", "--engine", "numpy"],
        ["check"],
    ],
    ids=" ".join,
)
def test_heavy_masks(command: list[str], reduction: str, tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text(f"{HEAVY}[training]\nreduction = '{reduction}'\n")
    result = CliRunner().invoke(main, [command[0], str(file), *command[1:]])
    assert result.exit_code in (0, 1, 2)
    assert isinstance(result.exception, SystemExit | None)
    assert "Traceback" not in result.output
