"""`python -m runstone` is the `runstone` command, for shells whose PATH lacks it."""

from __future__ import annotations

from runstone.cli import main

if __name__ == "__main__":
    main()
