"""`python -m takt` is the command `takt`."""

from takt.cli import main

main()
