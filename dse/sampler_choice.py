"""Which sampler a study is asked with, and why. Measured: docs/search.md and docs/scale.md."""

from importlib.util import find_spec
from typing import Literal

from dse.errors import InputError

Kind = Literal["tpe", "gp", "nsga2", "random"]
Wanted = Literal["auto", "tpe", "gp", "nsga2", "random"]

TPE_TRIALS = 500
"""Up to so many trials TPE finds more than NSGA-II does, whatever a trial takes."""


def tpe_asks_s(trials: int) -> float:
    """Seconds of the parent for one trial of TPE among so many; within 6 % from 100 to 10,000."""
    return 0.15 + 2.4e-4 * trials


def has_torch() -> bool:
    """Whether the sampler gp can run here."""
    return find_spec("torch") is not None


def check_wanted(wanted: Wanted, *, torch: bool) -> None:
    """InputError if the GP is wanted without what it needs."""
    if wanted == "gp" and not torch:
        raise InputError(
            "--sampler gp needs torch, which is not installed: pip install torch, or leave the "
            "choice to --sampler auto"
        )


def time_decides(wanted: Wanted, before: Kind | None, trials: int) -> bool:
    """Whether `choose` looks at the time of a trial."""
    return wanted == "auto" and before is None and trials > TPE_TRIALS


def choose(
    wanted: Wanted, before: Kind | None, trials: int, trial_s: float, *, torch: bool
) -> tuple[Kind, str]:
    """The sampler and the reason in words.

    before: what the stored study was searched with; None if it is new. trials: in total; trial_s:
    from one finished trial to the next, where `time_decides`. torch: whether it is installed. The
    GP is never chosen: it finds no more than TPE and asks for seconds.
    """
    if wanted != "auto":
        return wanted, "as given"
    if before == "gp" and not torch:
        return "tpe", "torch, which the gp of the run before needs, is not installed here"
    if before is not None:
        return before, "as before"
    if trials <= TPE_TRIALS:
        return "tpe", f"it finds most in up to {TPE_TRIALS} trials"
    asking_s = tpe_asks_s(trials)
    against = f"{trials} trials, one every {trial_s:.1f} s; tpe would take {asking_s:.1f} s to ask"
    return ("tpe" if asking_s <= trial_s else "nsga2"), against
