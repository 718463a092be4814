"""The use cases: a file or folder for each noun; each function names what a user does."""
