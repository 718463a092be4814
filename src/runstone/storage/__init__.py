"""Backends of the ports, strangers to each other; `chunks` and `sql` are what they share."""
