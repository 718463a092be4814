"""Conformance suites, strategies and builders for whoever writes a backend."""
