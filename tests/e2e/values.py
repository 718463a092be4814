"""The numbers that `logged_project.py` logs and that the tests expect on the screen."""

import math

NUM_STEPS = 200
NAN_AT = 50
INFINITY_AT = 60
LEARNING_RATES = {"shallow": 0.1, "wide": 0.03, "deep": 0.01}
"""By the runs' names, in the order in which they are logged; the n-th has depth n."""


def loss(step: int, learning_rate: float) -> float:
    """Falls to a floor; not a number once, and infinite once."""
    if step == NAN_AT:
        return math.nan
    if step == INFINITY_AT:
        return math.inf
    return math.exp(-step * learning_rate) + learning_rate


def accuracy(step: int, depth: int) -> float:
    """Rises towards one, faster for deeper models."""
    return 1 - 1 / (1 + step * depth / 10)
