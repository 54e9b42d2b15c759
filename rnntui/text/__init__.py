"""Text: places in it and problems there, TOML, numbers, cells of a terminal, files written whole."""
