"""Registries of organizations: collections of versions that count, whoever logged them.

`access` decides who may do what; `protection` and `recording` are called wherever aliases and links
change; `registries` and `linking` are what people do.
"""
