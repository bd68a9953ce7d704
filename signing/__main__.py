"""`python -m signing` is the command `signing`."""

from signing.cli import main

main()
