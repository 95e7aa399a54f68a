"""From a study file (TOML) to a `Study`: every key, unit and bound checked before it runs."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from device_models.library import DEFAULT_BREAKDOWN, DEVICES, Device
from device_models.params import Breakdown, Mtj
from device_models.ranges import RangeError, nearest
from dse.conditions import axes as searched_axes
from dse.conditions import is_conditional, sometimes_fixed
from dse.errors import InputError
from dse.overrides import changed
from dse.pick import BEST
from dse.pick import parse as parse_pick
from dse.schema import DeviceFile, RobustShape, StopShape, StudyFile, Tables, read_toml, validated
from dse.study import Axis, Cases, Study, corner, stop_rule
from dse.values import design_value, number, reference
from objectives.design import Value, field_names, flatten, unflatten
from objectives.rules import Robust, Stop
from objectives.scores import METRICS

MNIST = "mnist"


def shipped() -> dict[str, Path]:
    """Name -> file of the studies that come with the project."""
    folder = Path(str(files("studies")))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find(source: str) -> Path:
    """The file of a shipped study's name or of a path."""
    path = Path(source).expanduser()
    if source in shipped():
        return shipped()[source]
    if path.is_file():
        return path
    if path.suffix == ".toml":
        beside = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        raise InputError(f"{source}: no such file{nearest(path.name, beside)}; check the path")
    raise InputError(
        f"study {source!r} is unknown{nearest(source, shipped())}; shipped are "
        f"{', '.join(shipped())}; or give the path of a .toml file"
    )


def load(source: str, changes: Sequence[str] = (), name: str = "") -> Study:
    """The study of a name or file; InputError in one line if anything in it is wrong.

    changes: "fixed.array.tile_rows=56", as with -S; name: of the study in place of its own.
    """
    path = find(source)
    try:
        return study_of(read_toml(path), path.parent, changes, name)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def study_of(
    raw: dict[str, Any], folder: Path, changes: Sequence[str] = (), name: str = ""
) -> Study:
    """The study of the tables of a file in `folder`, with changes."""
    shape = validated(StudyFile, raw)
    if changes or name:
        shape = validated(StudyFile, changed(raw, changes, name))
    return _resolve(shape, folder)


def _resolve(shape: StudyFile, folder: Path) -> Study:
    head = shape.study
    _check_metrics("study.objectives", head.objectives)
    _check_metrics("reference", list(shape.reference))
    given, axes = flat_names("fixed", shape.fixed), flat_names("space", shape.space)
    if not axes:
        raise InputError("space: nothing is searched; add an axis, for example [space.neuron]")
    fixed = device_values(head.device, folder)
    fixed |= {name: design_value(f"fixed.{name}", name, raw) for name, raw in given.items()}
    space = searched_axes(axes, fixed)
    for name in sorted(given.keys() & space.keys()):
        always = not sometimes_fixed(space[name], space)
        if always and (isinstance(space[name], Cases) or not is_conditional(axes[name])):
            raise InputError(f"{name} is in [fixed] and in [space]; remove one of the two")
    return Study(
        name=head.name,
        question=head.question,
        device=head.device,
        dataset=resolve_dataset(head.dataset, folder),
        trials=head.trials,
        seed=head.seed,
        repeats=head.repeats,
        objectives=tuple(head.objectives),
        fixed=_with_defaults(fixed, space),
        space=space,
        reference={name: reference(name, raw) for name, raw in shape.reference.items()},
        stop=_stop(shape.stop),
        confirm=head.confirm,
        pick=_pick(head.pick, head.objectives),
        robust=_robust(shape.robust),
    )


def _pick(text: str, objectives: Sequence[str]) -> str:
    """The pick as it was written, once it can be read."""
    found = parse_pick(text, key="study.pick")
    name = found.rule.removeprefix(BEST)
    if found.trial is not None:
        raise InputError(f"study.pick = {text!r}: no trial has run; give a rule or limits")
    if found.rule.startswith(BEST) and name not in objectives:
        raise InputError(
            f"study.pick = {text!r}: {name} is not an objective; take one of "
            f"{', '.join(objectives)}"
        )
    return text


def _stop(shape: StopShape | None) -> Stop | None:
    try:
        return stop_rule(shape.model_dump()) if shape else None
    except RangeError as error:
        raise InputError(f"stop.{error}; keep inside") from error


def _robust(shape: RobustShape | None) -> Robust | None:
    if shape is None:
        return None
    kelvin = {k: number(f"robust.{k}", getattr(shape, k), "K") for k in ("cold_k", "hot_k")}
    try:
        return Robust(**{**shape.model_dump(), **kelvin})
    except RangeError as error:
        raise InputError(f"robust.{error}; keep inside") from error


def resolve_dataset(dataset: str, folder: Path) -> str:
    """The text "mnist", or the absolute path of a folder given relative to `folder`."""
    if dataset == MNIST:
        return dataset
    return str((folder / Path(dataset).expanduser()).resolve())


def _check_metrics(key: str, names: list[str]) -> None:
    for place, name in enumerate(names):
        if name not in METRICS:
            raise InputError(
                f"{key}: {name!r} is not a figure of a design{nearest(name, METRICS)}; "
                f"allowed are {', '.join(METRICS)}"
            )
        if name in names[:place]:
            raise InputError(f"{key}: {name!r} is given twice; remove one")


def flat_names(section: str, tables: Tables) -> dict[str, Any]:
    """{part: {field: raw}} -> {flat name: raw}, names checked."""
    known = field_names()
    flat = {f"{part}.{leaf}": raw for part, table in tables.items() for leaf, raw in table.items()}
    for name in flat:
        if name not in known:
            hint = nearest(name, known) or f"; allowed are {', '.join(known)}"
            raise InputError(f"{section}.{name}: not a parameter of a design{hint}")
    return flat


def device_values(device: str, folder: Path) -> dict[str, Value]:
    """Flat values of a library device or of a device file given relative to `folder`."""
    found = find_device(device, folder)
    return {f"device.{k}": v for k, v in vars(found.mtj).items()} | {
        f"breakdown.{k}": v for k, v in vars(found.breakdown).items()
    }


def find_device(device: str, folder: Path) -> Device:
    """The device of a library name or of a device file given relative to `folder`."""
    if device in DEVICES:
        return DEVICES[device]
    if not device.endswith(".toml"):
        raise InputError(
            f"device {device!r} is unknown{nearest(device, DEVICES)}; the library has "
            f"{', '.join(DEVICES)}; or give the path of a .toml file"
        )
    path = folder / Path(device).expanduser()
    try:
        shape = validated(DeviceFile, read_toml(path))
        mtj = _part("mtj", "device", shape.mtj)
        breakdown = _part("breakdown", "breakdown", shape.breakdown)
        law = Breakdown(**breakdown) if breakdown else DEFAULT_BREAKDOWN  # type: ignore[arg-type]
        return Device(
            title=shape.title,
            mtj=Mtj(**mtj),  # type: ignore[arg-type]
            sources=shape.sources,
            breakdown=law,
        )
    except (InputError, RangeError) as error:
        raise InputError(f"device file {path}: {error}") from error
    except TypeError as error:
        missing = str(error).rpartition(":")[2].strip()
        raise InputError(f"device file {path}: no value for {missing}; add it") from error


def _part(section: str, part: str, table: dict[str, Any]) -> dict[str, Value]:
    """Fields of one table of a device file, in SI."""
    known = [name.partition(".")[2] for name in field_names() if name.startswith(f"{part}.")]
    for leaf in table:
        if leaf not in known:
            hint = nearest(leaf, known)
            raise InputError(
                f"{section}.{leaf}: unknown key{hint}; allowed are {', '.join(known)}"
            )
    return {
        leaf: design_value(f"{section}.{leaf}", f"{part}.{leaf}", raw)
        for leaf, raw in table.items()
    }


def _with_defaults(fixed: dict[str, Value], space: Mapping[str, Axis]) -> dict[str, Value]:
    """`fixed` with the default of every field that is neither fixed nor always searched.

    They are stored with the study, so a later change of a default cannot pass unseen.
    """
    always = {name for name, axis in space.items() if not sometimes_fixed(axis, space)}
    point = {name: value for name, value in corner(space).items() if name in always}
    try:
        whole = flatten(unflatten({**fixed, **point}))
    except RangeError as error:
        raise InputError(f"{error}; set it in [fixed] or [space]") from error
    return {name: value for name, value in whole.items() if name not in always}
