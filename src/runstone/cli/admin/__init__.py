"""`runstone admin`."""

from runstone.cli.admin.group import admin

__all__ = ["admin"]
