"""How far things go of themselves. Imports nothing, so that a command can say it."""

QUICK = 2000  # iterations that are checked without being asked for
MEMORY = 64  # MB that the history of training may take
MEGABYTE = 2**20
