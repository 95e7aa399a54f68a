"""Every format of a spec reads back in the tool it is for."""

import csv
import io
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from device_models.transport import junction_voltage
from dse.export import FORMATS
from dse.pick import parse
from dse.recommend import recommend
from dse.spec import Spec, schema_text
from dse.spec_circuit import RENAMED, to_spice, to_verilog_a
from dse.spec_pulses import SURE, to_pulses
from dse.study import make_design
from dse.study_file import find_device
from objectives.design import phase_designs

SCHEMA = Path(__file__).parents[2] / "docs/spec.schema.json"
NGSPICE = shutil.which("ngspice")
VERILOG = shutil.which("iverilog")


@pytest.fixture(scope="module")
def chosen(finished):
    trial, spec = recommend(finished, parse("knee"), "knee")
    return spec, make_design(finished.study, trial.params)


def test_the_schema_that_is_published_is_that_of_the_code():
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()
    assert json.loads(schema_text())["properties"]["schema_version"]["const"] == 1


def test_json_reads_back_as_the_same_spec(chosen):
    spec, design = chosen
    assert Spec.model_validate(json.loads(FORMATS[".json"](spec, design))) == spec


def test_toml_reads_back_as_the_device(chosen, tmp_path):
    spec, design = chosen
    path = tmp_path / "junction.toml"
    path.write_text(FORMATS[".toml"](spec, design), encoding="utf-8")
    found = find_device(str(path), tmp_path)
    # LAW: every bit
    assert (found.mtj, found.breakdown) == (design.device, design.breakdown)
    assert set(tomllib.loads(path.read_text())["sources"]) <= set(vars(design.device))


def test_spice_and_verilog_a_hold_the_same_numbers_as_the_spec(chosen):
    spec, _ = chosen
    known = spec.design | spec.derived
    spice = dict(re.findall(r"^\.param mtj_(\w+) = (\S+) ;", to_spice(spec), re.M))
    verilog = dict(re.findall(r"^parameter real mtj_(\w+) = (\S+);", to_verilog_a(spec), re.M))
    assert spice == verilog
    assert set(spice) == set(RENAMED.values())
    for name, short in RENAMED.items():
        # LAW: every bit
        assert float(spice[short]) == float(known[name].value)


def test_pulses_are_those_of_every_phase_and_state_is_known_before_each(chosen):
    _, design = chosen
    rows = list(csv.DictReader(io.StringIO(to_pulses(design))))
    phases = phase_designs(design)
    assert len(rows) == 8 * len(phases)
    writes = [row for row in rows if row["pulse"] == "write"]
    for place, phase in enumerate(phases):
        up, down = writes[2 * place : 2 * place + 2]
        assert float(up["amplitude_v"]) == pytest.approx(phase.potentiation.amplitude_v, rel=1e-5)
        assert float(down["duration_s"]) == pytest.approx(phase.depression.duration_s, rel=1e-5)
        assert 0 <= float(up["expected_probability"]) <= 1
    for before, write in zip(rows, rows[2:], strict=False):
        if write["pulse"] == "write":
            # LAW: the state before a pulse is the one it can flip
            assert before["pulse"] == "set"
            assert before["polarity"] != write["polarity"]
    assert SURE > 0.999


def test_the_page_loads_nothing_and_has_its_pictures(chosen):
    page = FORMATS[".html"](*chosen)
    assert page.count("data:image/svg+xml") == 2
    assert not re.search(r'(src|href)="(?!data:|https://(doi|arxiv)\.org)', page)


@pytest.mark.slow
@pytest.mark.skipif(not NGSPICE, reason="ngspice is missing")
def test_ngspice_reads_the_parameters_and_finds_the_current_of_a_read(chosen, tmp_path):
    spec, _ = chosen
    (tmp_path / "spec.sp").write_text(to_spice(spec), encoding="utf-8")
    circuit = """read of an antiparallel cell
.include spec.sp
Vread drive 0 {mtj_read_v}
Raccess drive top {mtj_access_ohm}
Bmtj top 0 I=V(top)/({mtj_r_p_ohm}*(1+{mtj_tmr}/(1+(V(top)/{mtj_tmr_half_v})^2)))
.control
op
print v(top) i(vread)
.endc
.end
"""
    (tmp_path / "read.cir").write_text(circuit, encoding="utf-8")
    answer = subprocess.run(
        [NGSPICE, "-b", "read.cir"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    found = dict(re.findall(r"^(v\(top\)|i\(vread\)) = (\S+)", answer.stdout, re.M))
    value = {name: float(q.value) for name, q in (spec.design | spec.derived).items()
             if not isinstance(q.value, str)}  # fmt: skip
    expected = junction_voltage(
        value["array.read_v"], value["device.r_p_ohm"], value["device.tmr"],
        value["device.tmr_half_v"], value["array.access_ohm"],
    )  # fmt: skip
    # INDEPENDENT: another simulator's operating point
    assert float(found["v(top)"]) == pytest.approx(float(expected), rel=1e-4)


@pytest.mark.slow
@pytest.mark.skipif(not VERILOG, reason="iverilog is missing")
def test_a_verilog_compiler_reads_the_header_inside_a_module(chosen, tmp_path):
    spec, _ = chosen
    (tmp_path / "spec.va").write_text(to_verilog_a(spec), encoding="utf-8")
    shown = "".join(f'$display("{name} %.17g", mtj_{name});' for name in RENAMED.values())
    module = f'module cell_of_spec;\n`include "spec.va"\ninitial begin {shown} end\nendmodule\n'
    (tmp_path / "cell.v").write_text(module, encoding="utf-8")
    # INDEPENDENT: parameters are the same in Verilog and Verilog-A
    subprocess.run([VERILOG, "-o", "cell", "cell.v"], cwd=tmp_path, check=True)
    answer = subprocess.run(["./cell"], cwd=tmp_path, capture_output=True, text=True, check=True)
    found = dict(line.split() for line in answer.stdout.splitlines())
    known = spec.design | spec.derived
    assert set(found) == set(RENAMED.values())
    for name, short in RENAMED.items():
        # LAW: every bit
        assert float(found[short]) == float(known[name].value), name
