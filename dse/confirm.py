"""Front members and recommended designs are run with more seeds before they are called so.

A search picks what came out well, and part of that is luck: a design that is best of a hundred by
one training is on average worse the next time. So what would be on the front is trained again with
seeds of its own until each member has as many as the study asks for; its scores are then the means
over all of them, and the front is drawn anew, as often as that brings other designs up. The same
is done for the designs that keep the limits of the study's pick, of which one is recommended.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import replace
from typing import Any

import optuna

from dse import choose, front
from dse.interrupt import heard_between_steps
from dse.record import Record, Trial
from dse.search import LISTEN_S, confirmed, record
from dse.study import Study, evaluation_seeds
from dse.told import cluster_gone, first_line
from dse.workers import Outcome
from objectives.design import Value

SubmitSeeds = Callable[[Mapping[str, Value], tuple[int, ...]], "Future[Outcome]"]
"""Flat values and seeds -> outcome."""


def confirm(
    held: optuna.Study, study: Study, submit: SubmitSeeds, step: Callable[[str], None]
) -> int:
    """Evaluate again until all of the front and of the pick have `study.confirm` seeds; how many.

    Each result is stored as it comes, with the study, since a finished trial is read-only.
    """
    seeds = evaluation_seeds(replace(study, repeats=study.confirm))
    done = 0
    with heard_between_steps() as check:
        while waiting := _waiting(record(held)):
            step(f"confirming {len(waiting)} of the best designs with more seeds")
            running = {
                submit({**study.fixed, **trial.params}, seeds[len(trial.seeds) :]): trial
                for trial in waiting
            }
            done += len(running)
            _collect(held, running, check)
    return done


def _waiting(record: Record) -> list[Trial]:
    """The front first; what the pick looks at once that is known."""
    return front.unconfirmed(record) or choose.unconfirmed(record)


def _collect(
    held: optuna.Study, running: dict["Future[Outcome]", Trial], check: Callable[[], None]
) -> None:
    while running:
        check()
        finished, _ = wait(running, timeout=LISTEN_S, return_when=FIRST_COMPLETED)
        for future in finished:
            confirmed(held, running.pop(future).number, _result(future))


def _result(future: "Future[Outcome]") -> dict[str, Any]:
    """What a confirmation gives, as plain data; a design that fails now is no member."""
    try:
        error = future.exception()
    except CancelledError as gone:
        raise cluster_gone() from gone
    if error is not None:
        return {"error": first_line(error)}
    scores = future.result().scores
    if isinstance(scores, str):
        return {"error": scores}
    return {
        "values": dict(scores.values),
        "spread": dict(scores.spread),
        "seeds": list(scores.seeds),
    }
