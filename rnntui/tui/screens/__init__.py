"""The screens: the gallery, the stepper and the help."""
