"""What can be asked for by name: formats and targets. Imports nothing, so that a command can list them."""

from __future__ import annotations

KINDS = ("text", "csv", "tsv", "json", "jsonl", "npy", "npz", "toml")
TARGETS = ("next", "given", "none")
