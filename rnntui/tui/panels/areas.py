"""Where on the screen a panel may stand: what it competes with for room, whatever the layout."""

from __future__ import annotations

from typing import Literal, get_args

Area = Literal["sequence", "equation", "quantities", "weights", "gradients", "loss", "hidden"]
"""The areas, in the order of Tab. The panels of an area share its place."""

AREAS: tuple[Area, ...] = get_args(Area)

FOLLOWED: frozenset[Area] = frozenset(("sequence", "equation", "quantities"))
"""Those whose panels are in every picture of running training; the others take turns."""
