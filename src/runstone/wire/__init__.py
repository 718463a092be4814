"""Protocols coming in, one folder each, strangers to each other; `common` is what they share."""
