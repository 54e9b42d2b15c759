"""What all tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Machines are shared and slow at times; a slow example is not a wrong one.
settings.register_profile("rnntui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rnntui")
