"""Backends of the ports, one folder each, strangers to each other."""
