"""A study file to start from: the text that `dse init` writes."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from dse.errors import InputError
from dse.schema import Head
from dse.study import Study
from dse.study_file import MNIST, find, load, shipped, study_of

TEXT = """# A study: which designs are searched, for what. Check it with: dse validate NAME.toml
# Numbers are SI, or text with a unit: 1e-8 and "10 ns" are the same duration.
[study]
name = "NAME"
question = "Which write pulses and thresholds trade accuracy best against energy and lifetime?"
device = "ut-austin-50nm"           # one of `dse device`, or a .toml file of dse calibrate
dataset = "mnist"                   # or a folder of IDX files
trials = 40                         # designs in total; a run goes on up to it
seed = 1                            # same seed, same designs and same scores
repeats = 1                         # dies a design while it searches
confirm = 3                         # dies a member of the front, before it is called one
objectives = ["accuracy", "learning_energy_j", "lifetime_images"]   # two to four
pick = "knee"                       # what dse export recommends; or "accuracy>=0.9"

# What does not vary and is not the default; every name: `dse run FILE --dry-run`
[fixed.encoding]
kind = "one_shot"                   # every pixel above a threshold drives its row; or "rate"

[fixed.neuron]
count = 100                         # more neurons: more accurate, slower
homeostasis = "bias"
compensation = 0.45                 # of what the column's parallel junctions add

[fixed.training]
images = 20000                      # presentations; fewer are quicker and less accurate
initial_on = 0.05                   # junctions parallel at the start
phases = 8                          # pulses grow weaker in so many parts
final_amplitude = 0.92
final_step = 0.1
label_depth = 3

# What is searched: { low, high }, with log = true over decades or step = …; or { choices = […] }.
# Add when = { array.read_scheme = "pair" } for an axis that only designs with that choice have.
[space.potentiation]                # AP -> P
amplitude_v = { low = "0.55 V", high = "1.2 V" }
duration_s = { low = "2 ns", high = "20 ns", log = true }

[space.depression]                  # P -> AP
amplitude_v = { low = "0.55 V", high = "1.2 V" }
duration_s = { low = "2 ns", high = "20 ns", log = true }

[space.array]
tile_rows = { choices = [28, 56, 98, 196] }

[space.neuron]
threshold = { low = 20, high = 400, log = true }
drive = { low = 30, high = 300, log = true }
bias_step = { low = 0.4, high = 8, log = true }

# Designs that are given up early. One look, or several: after = [2500, 7500].
[stop]
after = 2500                        # training images before the look; cheap where a phase ends
front = true                        # give up what could not reach the front any more
accuracy = 0.4                      # and what is below this, well below what is hoped for

# Corners between which hypervolume and knee are measured; without them those of the trials.
[reference]
accuracy = { worst = 0.7, best = 0.95 }
learning_energy_j = { worst = "20 nJ", best = "0.3 nJ" }
lifetime_images = { worst = 1e8, best = 1e12, enough = true }   # more than best earns nothing
"""


def write(name: str, source: str) -> Path:
    """Write NAME.toml here, from the template or a copy of the study `source`; where it is."""
    name = name.removesuffix(".toml")
    path = Path(f"{name}.toml")
    if name in shipped():
        raise InputError(f"{name} is a study that ships; take another name")
    if not re.fullmatch(_name_pattern(), name):
        raise InputError(f"{name!r} is no name of a study; use letters, digits, . _ and -")
    text = _copy(name, source) if source else TEXT.replace("NAME", name)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path} is there already; remove it or take another name") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}); check the folder"
        ) from None
    return path


def _name_pattern() -> str:
    found: list[Any] = [getattr(m, "pattern", None) for m in Head.model_fields["name"].metadata]
    return next(str(pattern) for pattern in found if pattern)


def _copy(name: str, source: str) -> str:
    """The file of a study with its comments, under another name; the same study otherwise."""
    study, path = load(source), find(source)
    text = path.read_text(encoding="utf-8")
    text = _given(text, "name", name)
    for key, value in (("dataset", study.dataset), ("device", _device(study, path))):
        if value != MNIST:
            text = _given(text, key, value)
    wanted = replace(study, name=name, device=_device(study, path))
    if study_of(tomllib.loads(text), Path.cwd()) != wanted:
        raise InputError(f"{path} cannot be copied line by line; copy it and change the name")
    return f"# From {source}.\n{text}"


def _device(study: Study, path: Path) -> str:
    """A device file by its whole path, so that the copy finds it."""
    if not study.device.endswith(".toml"):
        return study.device
    return str((path.parent / Path(study.device).expanduser()).resolve())


def _given(text: str, key: str, value: str) -> str:
    """The first line that gives `key`, with another value; a comment behind it stays."""
    line = re.compile(rf"""^({key}\s*=\s*)("[^"\n]*"|'[^'\n]*')""", re.MULTILINE)
    return line.sub(lambda found: f'{found[1]}"{value}"', text, count=1)
