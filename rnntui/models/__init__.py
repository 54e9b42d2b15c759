"""The recurrences that ship, each one text file: title, source, equations, roles, shapes."""
