"""Trackio sending to its self-hosted server."""

from tracking_trackio import begin, finish, reader

__all__ = ["begin", "finish", "reader"]
