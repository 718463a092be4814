"""`python -m runstone.cli` is `runstone`."""

from runstone.cli import main

main()
