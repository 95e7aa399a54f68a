"""The survey of published macros is complete, in SI, and what the anchors rest on."""

from importlib import resources

import numpy as np
import pytest

from device_models.anchors import ANCHORS
from dse.survey import NUMBERS, TEXTS, sttram_survey


def test_every_row_and_column_of_the_file_is_there():
    table = sttram_survey()
    assert len(table) == 29  # PUBLISHED: macros in the file
    assert table.index.is_unique
    assert set(table.columns) == {
        "year", *TEXTS.values(), *(name for name, _ in NUMBERS.values())
    }  # fmt: skip
    assert table["year"].between(2010, 2020).all()


def test_numbers_are_in_si():
    row = sttram_survey().loc["10.1109/ISSCC.2015.7062963"]
    # PUBLISHED: 1 Mb, 0.8196 mm², 57.6 %, 47 nm, 0.6 pJ a bit written in 3 ns, 55.4 mW
    assert row["capacity_bit"] == 1048576
    assert row["macro_area_m2"] == pytest.approx(0.8196e-6)
    assert row["area_efficiency"] == pytest.approx(0.576)
    assert row["diameter_m"] == pytest.approx(47e-9)
    assert row["write_j"] == pytest.approx(0.6e-12)
    assert row["write_s"] == pytest.approx(3e-9)
    assert row["write_w"] == pytest.approx(55.4e-3)
    assert (row["venue"], row["year"], row["cell"]) == ("ISSCC 2015", 2015, "2T2MTJ")
    cache = sttram_survey().loc["10.1109/IEDM19573.2019.8993474"]
    assert cache["retention_k"] == pytest.approx(383.15)  # PUBLISHED: 110 °C
    assert np.isnan(cache["endurance_cycles"])  # stated in its notes only
    assert "10^12" in cache["notes"]


@pytest.mark.parametrize("anchor", ANCHORS, ids=lambda a: a.title)
def test_anchors_are_rows_of_the_survey(anchor):
    row = sttram_survey().loc[anchor.source.rpartition("doi ")[2]]
    assert row["write_s"] == pytest.approx(anchor.pulse_s)  # PUBLISHED
    stated = row["endurance_cycles"]
    # PUBLISHED: what was tested; where the notes extrapolate, the anchor is what they say
    assert np.isnan(stated) or stated == anchor.cycles[0] or "xtrapolated" in row["notes"]


def test_the_licence_lies_beside_the_data():
    notice = resources.files("device_models") / "data" / "LICENSE-NVMExplorer.txt"
    assert "Permission is hereby granted" in notice.read_text(encoding="utf-8")
