"""How far checking goes of itself. Imports nothing, so that a command can say it."""

QUICK = 2000  # iterations that are checked without being asked for
