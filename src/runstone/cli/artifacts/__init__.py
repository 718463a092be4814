"""`runstone artifact`: versions of data and models put, got, listed, compared, changed."""

from runstone.cli.artifacts.group import artifact

__all__ = ["artifact"]
