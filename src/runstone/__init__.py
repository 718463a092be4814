"""Runstone: the open, self-hosted home for every machine-learning run."""

__version__ = "0.1.0"

__all__ = ["__version__"]
