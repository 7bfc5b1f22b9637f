"""What can go wrong when something is sent out of the house.

The texts of these exceptions are shown to staff: they are marked for translation, and say nothing
about anybody.
"""


class Refused(Exception):  # noqa: N818 - an answer, not a fault of the program
    """It can never be delivered like this: trying again would not help."""


class Unreachable(Exception):  # noqa: N818 - a state, not a fault of the program
    """It could not be handed over now; later it may."""
