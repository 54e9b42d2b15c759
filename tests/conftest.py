"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Machines are shared and slow at times; a slow example is not a wrong one. In CI the examples are
# the same every time, so that what landed once does not fail for chance; elsewhere they are new.
settings.register_profile(
    "rnntui",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("rnntui")
