"""The timeline: a cursor that steps both ways, its history, and what there is to see at a moment."""
