"""`python -m rnntui.cli`."""

from rnntui.cli import main

main()
