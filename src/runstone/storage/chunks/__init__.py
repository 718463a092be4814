"""Metric history as packed columns: the part that every chunk-keeping backend shares.

`arrays` and `columns` turn numbers into bytes, `journal` packs what is appended, `segments` what
is sealed, `blocks` keeps 64-row summaries, `reader` answers the port's questions over a `Source`
of such bytes. No database is named here.
"""
