"""The view of one session: a controller, and the widgets that show where it stands."""
