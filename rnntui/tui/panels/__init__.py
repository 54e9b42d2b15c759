"""The stepper's panels, one file each; each draws a moment and computes nothing."""
