"""Which sampler a study is asked with, and why. The bounds are measured: docs/search.md."""

from importlib.util import find_spec
from typing import Literal

from dse.errors import InputError

Kind = Literal["tpe", "gp", "nsga2", "random"]
Wanted = Literal["auto", "tpe", "gp", "nsga2", "random"]

GP_TRIALS = 200
"""Beyond so many trials the GP takes longer to ask than it spares."""

GP_TRIAL_S = 10.0
"""Least seconds of a trial at which the GP spares more than it takes."""

NSGA2_TRIALS = 3000
"""Beyond so many trials TPE takes as long to ask as a trial to evaluate."""


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


def may_be_gp(trials: int, *, torch: bool) -> bool:
    """Whether the time of a trial decides."""
    return torch and trials <= GP_TRIALS


def choose(
    wanted: Wanted, before: Kind | None, trials: int, trial_s: float, *, torch: bool
) -> tuple[Kind, str]:
    """The sampler and the reason in words.

    before: what the stored study was searched with; None if it is new. trials: in total; trial_s:
    of one evaluation, where `may_be_gp`. torch: whether it is installed.
    """
    if wanted != "auto":
        return wanted, "as given"
    if before is not None and (before != "gp" or torch):
        return before, "as before"
    if before == "gp":
        return "tpe", "torch, which the gp of the run before needs, is not installed here"
    if trials > NSGA2_TRIALS:
        return "nsga2", f"beyond {NSGA2_TRIALS} trials the others take too long to ask"
    if may_be_gp(trials, torch=torch) and trial_s >= GP_TRIAL_S:
        return "gp", f"few trials of {trial_s:.0f} s each; torch is installed"
    return "tpe", _why_tpe(trials, trial_s, torch=torch)


def _why_tpe(trials: int, trial_s: float, *, torch: bool) -> str:
    if trials > GP_TRIALS:
        return f"{GP_TRIALS} to {NSGA2_TRIALS} trials"
    if not torch:
        return f"up to {NSGA2_TRIALS} trials, without torch"
    return f"trials of {trial_s:.1f} s are too short for gp"
