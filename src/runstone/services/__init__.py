"""The use cases: one file per noun, each function names what a user does."""
