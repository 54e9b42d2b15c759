"""Text and places in it: problems with their line and column, numbers, TOML with positions."""
