"""Backends that keep everything in memory: the models that others are compared with."""
