"""How a command ends: its exit codes, and the errors that are told in one line."""

DONE, FAILED, BAD_INPUT, NO_DESIGN, PARTIAL, INTERRUPTED = 0, 1, 2, 3, 4, 130
"""Exit codes, in words in docs/command.md. PARTIAL: there is a front, but some trials failed."""


class InputError(ValueError):
    """Something the user gave is wrong: names file, key, value, allowed range and the fix."""


class RunError(RuntimeError):
    """The input was right, but the run could not be finished."""


class NoDesignError(RuntimeError):
    """Everything ran, but no design keeps all constraints: there is no front to show."""


def exit_code(error: Exception) -> int:
    """The exit code of an error that ends a command."""
    if isinstance(error, InputError):
        return BAD_INPUT
    return NO_DESIGN if isinstance(error, NoDesignError) else FAILED
