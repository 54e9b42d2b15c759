"""Writes stacked_lstm.json: PyTorch's nn.LSTM(num_layers=2), values and gradients.

Run by hand where torch is installed (2.13.0, CPU, was used), from the root of the repository:

    python tests/reference/make_stacked_lstm.py

Cross-entropy of a Linear readout against probabilities, averaged over the timesteps; float64.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812, the name that PyTorch's users know
from torch import Tensor, nn

HIDDEN, INPUTS, OUTPUTS, LENGTH = 3, 2, 4, 7


def reference() -> dict[str, Any]:
    """One sequence through two layers, forward and backward."""
    torch.manual_seed(3)
    cell, readout = nn.LSTM(INPUTS, HIDDEN, num_layers=2), nn.Linear(HIDDEN, OUTPUTS)
    with torch.no_grad():  # larger than PyTorch's own values, so that the gates are used
        for parameter in [*cell.parameters(), *readout.parameters()]:
            parameter.copy_(torch.randn(parameter.shape))
    x = torch.randn(LENGTH, INPUTS)
    target = torch.softmax(2 * torch.randn(LENGTH, OUTPUTS), dim=1)
    state = (torch.zeros(2, HIDDEN), torch.zeros(2, HIDDEN))
    steps: dict[str, list[Tensor]] = {f"{key}_l{layer}": [] for key in "hc" for layer in (0, 1)}
    for t in range(LENGTH):
        _, state = cell(x[t : t + 1], state)
        for key, values in zip("hc", state, strict=True):
            for layer in (0, 1):
                steps[f"{key}_l{layer}"].append(values[layer])
    logits = readout(torch.stack(steps["h_l1"]))
    loss = F.cross_entropy(logits, target)
    loss.backward()
    return {
        "hidden": HIDDEN,
        "x": x.tolist(),
        "target": target.tolist(),
        "parameters": ours(cell, readout, gradients=False),
        "states": {key: torch.stack(values).tolist() for key, values in steps.items()},
        "y": torch.softmax(logits, dim=1).tolist(),
        "loss": loss.item(),
        "gradients": ours(cell, readout, gradients=True),
    }


def ours(cell: nn.LSTM, readout: nn.Linear, gradients: bool) -> dict[str, Any]:
    """The parameters, or their gradients, one for each gate: W_ii_l0, b_ii_l0, W_hi_l0, …"""
    found: dict[str, Any] = {}
    for name, parameter in cell.named_parameters():  # weight_ih_l0, bias_hh_l1, …
        kind, source, layer = name.split("_")
        value = parameter.grad if gradients else parameter
        for gate, part in zip("ifgo", value.chunk(4), strict=True):
            found[f"{'W' if kind == 'weight' else 'b'}_{source[0]}{gate}_{layer}"] = part.tolist()
    for name, parameter in (("W_hy", readout.weight), ("b_y", readout.bias)):
        found[name] = (parameter.grad if gradients else parameter).tolist()
    return found


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    file = Path(__file__).with_name("stacked_lstm.json")
    file.write_text(json.dumps(reference(), indent=0) + "\n", encoding="utf-8")
