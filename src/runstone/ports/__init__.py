"""What the core needs from outside, as narrow abstract classes whose docstrings are law."""
