"""rnntui: step through recurrent computations in the terminal, forward and back."""

__version__ = "0.1.0"
