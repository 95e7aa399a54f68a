"""The spec of a chosen design, with what other rules would have taken from the same designs."""

from collections.abc import Mapping

from dse import choose, other_rules
from dse.choose import Field
from dse.errors import NoDesignError
from dse.front import corners, role_of
from dse.pick import Pick
from dse.record import Record, Trial
from dse.spec import Alternative, Choice, Corner, Spec, make_spec
from objectives.scores import METRICS


def recommend(record: Record, pick: Pick, text: str) -> tuple[Trial, Spec]:
    """The chosen trial and its spec; text: the pick as it was typed."""
    trial, study = choose.choose(record, pick), record.study
    try:
        among, between = choose.candidates(record, pick), corners(record)
    except NoDesignError:  # a trial by its number, and nothing feasible beside it
        return trial, make_spec(record, trial, text, role_of(record, trial))
    choice = Choice(
        rule="trial" if pick.trial is not None else pick.rule,
        limits=[str(limit) for limit in pick.limits],
        weights={name: pick.weights.get(name, 1.0) for name in study.objectives},
        corners={name: Corner(worst=c.worst, best=c.best) for name, c in between.items()},
        corners_from=("study file" if set(study.objectives) <= set(study.reference) else "trials"),
        designs=len(among.trials),
        alternatives=[
            Alternative(
                rule=rule,
                trial=among.trials[place].number,
                values={name: among.trials[place].values[name] for name in study.objectives},
            )
            for rule, place in _rules(among).items()
        ],
    )
    return trial, make_spec(record, trial, text, role_of(record, trial), choice)


def _rules(among: Field) -> Mapping[str, int]:
    """Rule -> place of what it takes: ours, the best in each objective, other people's."""
    own = {rule: choose.apply(rule, among) for rule in choose.RULES}
    best = {f"best {METRICS[name].title}": place for name, place in choose.extremes(among).items()}
    return own | best | other_rules.chosen(among)
