"""The compiled loops against slow, plain ones."""

import numpy as np
import pytest

from learner import _kernels as k
from learner import _read_kernels as r
from learner._arrays import UNIT_WEIGHT
from learner.network import _scratch, begin
from learner.params import Encoding, Neuron
from learner.quantise import byte_s, cells_of
from learner.synapses import synapses_of


def test_random_words_are_splitmix64():
    words = np.zeros(3, np.uint64)
    r.fill_words(words, 3, np.uint64(1234567) + r.GOLDEN)
    # PUBLISHED: first outputs of splitmix64 with seed 1234567, rosettacode.org/wiki/Pseudo-random_
    # numbers/Splitmix64
    assert words.tolist() == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_noise_is_near_gaussian_and_independent():
    draws = np.zeros((20_000, 40), np.float32)
    for key, row in enumerate(draws):
        r.fill_noise(row, np.uint64(r.mix(np.uint64(key))))
    n = draws.size
    assert abs(draws.mean()) < 5 / np.sqrt(n)  # LAW: five standard errors
    assert draws.std() == pytest.approx(1.0, abs=5 / np.sqrt(2 * n))  # LAW
    assert (draws**3).mean() == pytest.approx(0.0, abs=0.02)  # LAW: symmetric
    # INDEPENDENT: four independent bytes, −1.2/4
    assert (draws**4).mean() - 3 == pytest.approx(-0.3, abs=0.03)
    correlation = np.corrcoef(draws, rowvar=False) - np.eye(40)
    assert np.abs(correlation).max() < 5 / np.sqrt(len(draws))  # LAW: columns do not know others
    successive = (draws[1:] * draws[:-1]).mean()
    assert abs(successive) < 5 / np.sqrt(n)  # LAW: nor do steps


@pytest.mark.parametrize("active_rows", [0, 1, 37, 300])
@pytest.mark.parametrize("neurons", [7, 64])
def test_column_currents_match_the_plain_sum(make_crossbar, active_rows, neurons):
    rng = np.random.default_rng(active_rows)
    inputs, tile_rows = 310, 40
    attenuation = 1 - 0.3 * np.linspace(0, 1, 9)[:, None] * np.linspace(0, 1, tile_rows)
    spread = rng.normal(1, 0.05, (inputs, neurons))
    crossbar = make_crossbar(
        inputs,
        neurons,
        tile_rows=tile_rows,
        attenuation=attenuation,
        conductance_p_s=spread / 8e3,
        conductance_ap_s=spread / 16e3,
    )
    state = rng.integers(0, 2, (inputs, neurons), dtype=np.uint8)
    active = np.sort(rng.choice(inputs, active_rows, replace=False))
    cells, scratch = cells_of(crossbar, state), _scratch(crossbar)
    scratch.active[:active_rows] = active
    total, share, tiles, charge = r.read_columns(active_rows, cells, scratch)
    expected = np.zeros(neurons)
    shares = []
    for top in range(0, inputs, tile_rows):  # INDEPENDENT: floats, tile by tile
        rows = active[(active >= top) & (active < top + tile_rows)]
        level = len(rows) / tile_rows * 8
        weight = [np.interp(level, range(9), attenuation[:, row - top]) for row in rows]
        g = np.where(state, crossbar.conductance_p_s, crossbar.conductance_ap_s)[rows]
        expected += np.array(weight) @ g if len(rows) else 0.0
        shares.append(sum(weight))
    unit = byte_s(crossbar)
    # A weight is rounded to 1/64, so off by .005 rms; five standard deviations over the rows.
    tolerance = 5 * 0.005 * np.sqrt(active_rows)
    assert scratch.current * unit == pytest.approx(expected, abs=tolerance / 8e3)
    relative = tolerance / max(active_rows, 1)
    assert charge * unit / UNIT_WEIGHT == pytest.approx(expected.sum(), rel=relative)
    assert total / UNIT_WEIGHT == pytest.approx(sum(shares), rel=relative)
    assert tiles == np.count_nonzero(shares)
    if active_rows:
        assert share == pytest.approx(np.linalg.norm(shares) / np.sum(shares), rel=relative)


@pytest.mark.parametrize("leak_steps", [np.inf, 3.0])
@pytest.mark.parametrize("score", [2.0, 1.0, 0.4, 0.13, 0.011, -0.5])
def test_closed_form_fires_at_the_step_the_loop_does(leak_steps, score):
    retain = np.exp(-1 / leak_steps)
    potential, steps = 0.0, 0
    while potential < 1 and steps <= 40:  # INDEPENDENT: step by step
        potential = retain * potential + score
        steps += 1
    assert k.steps_to_fire(score, retain, 40) == min(steps, 41)


def test_noise_of_a_leaky_mean_is_that_of_its_weighted_sum():
    retain, steps = 0.8, 6
    weights = retain ** np.arange(steps)
    # INDEPENDENT: variance of a weighted mean
    expected = np.linalg.norm(weights) / weights.sum()
    assert k.averaging(retain, steps) == pytest.approx(expected)
    assert k.averaging(1.0, 9) == pytest.approx(1 / 3)  # LAW: 1/√n without leak


def test_ranking_is_a_stable_sort():
    rng = np.random.default_rng(0)
    for _ in range(50):
        score = rng.integers(0, 30, 100).astype(np.float32)
        best = np.zeros(10, np.int64)
        k.rank(score, best)
        assert best.tolist() == np.argsort(-score, kind="stable")[:10].tolist()  # INDEPENDENT


def test_read_noise_has_the_rms_it_is_given(make_crossbar):
    crossbar = make_crossbar(40, 5001)
    scratch = _scratch(crossbar)
    scratch.current[:] = 100.0
    f = np.float32
    r.fill_noise(scratch.noise, np.uint64(5))
    r.charge_up_noisily(
        scratch.current,
        f(0.5),
        f(20),
        np.zeros(5001, f),
        f(0),
        f(0.06),
        f(4),
        f(0),
        scratch.noise,
        scratch.potential,
    )
    # LAW: mean 0.5·100 − 20, rms √((.06·50)² + 4²) = 5
    assert scratch.potential.mean() == pytest.approx(30, abs=5 * 5 / np.sqrt(5001))
    assert scratch.potential.std() == pytest.approx(5, rel=5 / np.sqrt(2 * 5001))


def test_counting_a_pulse_splits_attempts_by_state(make_crossbar):
    crossbar = make_crossbar(20, 3, potentiation=np.ones((20, 3)), depression=np.zeros((20, 3)))
    state = np.zeros((20, 3), np.uint8)
    state[:8, 1] = 1
    work = begin(crossbar, Encoding(), Neuron(count=3), np.full(3, 20.0))
    synapses = synapses_of(crossbar, state)
    cells = synapses.cells
    work.scratch.spiked[5:15] = 1
    k.pulse_column(1, np.uint64(3), cells, work.scratch, work.tally)
    row, one = np.arange(20), np.ones(20, bool)
    active, on = (row >= 5) & (row < 15), row < 8
    # LAW: each row's pulse met what it was
    expected = [[~active & ~on & one, ~active & on], [active & ~on, active & on]]
    assert (synapses.pulses(work) == np.array(expected)).all()
    assert (work.tally.flips[:, :20] == np.array([0 * one, active & ~on])).all()
    assert cells.parallel[1, :20].tolist() == [1] * 15 + [0] * 5
    g = np.where(cells.parallel[:, :20].T, cells.levels[:, :, 1].T, cells.levels[:, :, 0].T)
    assert (cells.rows == g).all()  # LAW: what is read is what was written
    assert (cells.row_sums == g.sum(axis=1)).all()
