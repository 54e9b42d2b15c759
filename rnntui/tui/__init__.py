"""The terminal: the application, its screens, panels and drawing."""
