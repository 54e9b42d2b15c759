"""What each panel says of a moment, as a value: `view(moment)` in a file for each panel.

A view holds names, numbers, marks and what is current, selected or known, and nothing about widths,
colours or a terminal: a panel paints it, a test reads it, and `plain.plain` makes JSON of it.

- A view is frozen, its arrays are closed to writing, and it is cheap: what takes work (a formula, a
  path) is a property, made once when it is first read.
- Texts are as the file has them: whoever paints them escapes them (`text.problems.printable`).
- `version`: two views of a panel whose versions are equal have the same numbers. What a panel keeps
  from one view to the next, it keeps by that; there is nothing else to be read from it.
"""
