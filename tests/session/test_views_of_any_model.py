"""Views of models that nobody has thought of: what they say is what was computed, at every step."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings
from sequence_files import files

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.language.keys import grad
from rnntui.session import views
from rnntui.session.moment import Moment
from rnntui.session.session import Session
from rnntui.session.views.plain import plain


def is_right(moment: Moment) -> None:
    """Every number of every view is the trace's, and every view has its plain form."""
    trace, shown = moment.trace, views.sequence.view(moment)
    for row in shown.rows:
        assert len(row.texts(range(1, trace.length + 1))) == trace.length
    worked = views.equation.view(moment)
    assert worked.equations[worked.cursor].symbol == worked.symbol
    now = views.quantities.view(moment)
    for quantity in now.quantities:
        key = grad(quantity.key) if now.gradients else quantity.key
        arrays = trace.gradients if now.gradients else trace.values
        for index in np.ndindex(quantity.shape):
            series = quantity.series(index)
            for t in quantity.known:
                value = arrays[quantity.key][(t, *index)] if quantity.key in arrays else 0.0
                assert np.array_equal(series[t], value, equal_nan=True)
                assert moment.known(key, t)
    parameters = views.weights.view(moment)
    for parameter in parameters.parameters:
        assert np.array_equal(parameter.values, moment.parameter(parameter.key))
    space = views.hidden_space.view(moment)
    points = space.path.points[len(space.path.points) - len(space.known) :]
    for t, point in zip(space.known, points, strict=True):
        values = [trace.values[axis.key][(t, *axis.index)] for axis in space.axes]
        assert np.array_equal(point, values if len(values) == 2 else [t, *values], equal_nan=True)
    assert (space.path.current is not None) == (moment.t in space.known)
    totals = views.gradients.view(moment)
    totals.compute()
    others = (totals, views.loss.view(moment), views.status.view(moment))
    for view in (shown, worked, now, parameters, space, *others):
        json.dumps(plain(view), allow_nan=False)


@settings(max_examples=60)
@given(files())
def test_what_is_said_is_what_was_computed(text):
    session = Session(parse_sequence_file(text, "drawn.toml"), compiled=False)
    try:
        moment, seen = session.moment, 0
        while moment.position.iteration == 0 and seen < 60:
            is_right(moment)
            before, seen = moment.position, seen + 1
            moment = session.next_equation() if seen % 4 else session.next_timestep()
            if moment.position == before:
                break
        is_right(session.next_iteration())
    finally:
        session.close()
