"""Constraints say what a design must not do, before it is trained."""

import dataclasses

import numpy as np
import pytest

from device_models.variation import nominal_cell
from device_models.write import read_disturb_probability
from learner.params import Encoding
from objectives.constraints import DISTURB_LIMIT, constraints

PIXELS = np.full((4, 20), 200, np.uint8)


def disturb(design):
    return constraints(design, PIXELS)["read_disturb"]


def test_an_inference_is_one_long_read(design):
    array = dataclasses.replace(design.array, read_v=0.3)
    design = dataclasses.replace(design, array=array, encoding=Encoding(steps=50))
    flipped = read_disturb_probability(nominal_cell(design.device), 0.3, 50 * 5e-9, 3e3)
    assert disturb(design) == pytest.approx(np.log10(flipped / DISTURB_LIMIT))  # LAW
    # INDEPENDENT: thermal rate at i = 0.3 V/8 kΩ over 97 µA, Δ = 52.2, τ_D from the device
    cell = nominal_cell(design.device)
    i, delta = 0.3 / 8000.266 / (1.5 * cell.critical_a), cell.barrier
    rate = np.sqrt(delta / np.pi) * (1 - i * i) * (1 - i) * np.exp(-delta * (1 - i) ** 2)
    assert flipped == pytest.approx(rate * 250e-9 / cell.tau_d_s, rel=0.15)


def test_reads_disturb_more_the_harder_and_the_longer(design):
    harder = dataclasses.replace(design, array=dataclasses.replace(design.array, read_v=0.2))
    longer = dataclasses.replace(design, encoding=Encoding(steps=80))
    assert disturb(harder) > disturb(design)  # LAW
    assert disturb(longer) == pytest.approx(
        disturb(dataclasses.replace(design, encoding=Encoding(steps=40))) + np.log10(2), abs=0.05
    )  # LAW: twice as long at a settled rate
