"""The two ways a command fails, each told in one line."""


class InputError(ValueError):
    """Something the user gave is wrong: names file, key, value, allowed range and the fix."""


class RunError(RuntimeError):
    """The input was right, but the run could not be finished."""
