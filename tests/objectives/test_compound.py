"""Claims about dies, writes and wear of synapses with several junctions."""

import dataclasses

import numpy as np
import pytest

from device_models.analog_library import Synapse
from device_models.params import Array, Pulse, Sense, Variation
from device_models.ranges import RangeError
from device_models.variation import nominal_cell
from device_models.write_path import WritePath
from learner.synapses import lines_s, random_state
from objectives.compound import draw_compound_die, nominal_states_s
from objectives.design import flatten, unflatten
from objectives.die import draw_die, nominal_conductances
from objectives.endurance import damage_per_image
from objectives.evaluate import check_constraints, evaluate
from objectives.wiring import wiring
from objectives.writes import nominal_write, write_attempts
from tests.pulses import pulses_of

INPUTS = 30
NONE = Variation(**dict.fromkeys(vars(Variation()), 0.0))
MATCHED = Sense(offset_relative=0.0, reference_mismatch=0.0)
IDEAL = Array(wire_ohm=0.0)


def of(design, topology, junctions=2, scheme="reference", **changes):
    array = dataclasses.replace(changes.pop("array", IDEAL), read_scheme=scheme)
    synapse = Synapse(topology=topology, junctions=junctions)
    return dataclasses.replace(design, synapse=synapse, array=array, **changes)


def plain(design, topology, junctions=2, scheme="reference", **changes):
    return of(design, topology, junctions, scheme, variation=NONE, sense=MATCHED, **changes)


def drawn(design, seed=0):
    return draw_compound_die(design, INPUTS, np.random.default_rng(seed))


@pytest.mark.parametrize("junctions", [2, 3, 4])
def test_junctions_in_parallel_add_their_conductances(reader, junctions):
    die = drawn(plain(reader, "parallel", junctions))
    g_p, g_ap = nominal_conductances(reader.device, IDEAL)
    for state in range(2**junctions):
        on = state.bit_count()
        # LAW: Kirchhoff, each behind a transistor of its own
        expected = on * g_p + (junctions - on) * g_ap
        assert die.conductance_s(state) == pytest.approx(expected, rel=1e-6)
    assert die.reference_s == pytest.approx(junctions * (g_p + g_ap) / 2)


@pytest.mark.parametrize("junctions", [2, 3, 4])
def test_a_string_is_a_graded_weight(reader, junctions):
    """At this on/off ratio one antiparallel junction of a string leaves most of the current."""
    die = drawn(plain(reader, "series", junctions))
    states = np.array([die.conductance_s(s).mean() for s in range(2**junctions)])
    access, r_p = IDEAL.access_ohm, float(nominal_cell(reader.device).r_p_ohm)
    for state, found in enumerate(states):
        off = junctions - state.bit_count()
        current = 0.1 / (access + r_p * (junctions + 1.2 * off))
        for _ in range(60):  # INDEPENDENT: Ohm's law with the bias of every junction, iterated
            r_ap = r_p * (1 + 1.2 / (1 + (current * r_p * 2.2 / 0.5) ** 2))
            current = 0.1 / (access + (junctions - off) * r_p + off * r_ap)
        assert found == pytest.approx(current / 0.1, rel=0.01)
    assert states[-1] > states[-2] > states[0]  # LAW: a weight for each number of junctions …
    assert states[-2] / states[-1] > 0.6  # … and no AND: one of them off leaves most


def test_junctions_sensed_apart_are_a_logical_product(reader):
    die = drawn(of(reader, "and", 3))  # spread and mismatch on: they do not reach a digital sum
    g_p, _ = nominal_conductances(reader.device, IDEAL)
    states = [float(np.ptp(die.conductance_s(s))) for s in range(8)]
    assert max(states) == 0.0
    assert [die.conductance_s(s)[0, 0] > 0 for s in range(8)] == [False] * 7 + [True]  # LAW
    assert die.conductance_s(7)[0, 0] == pytest.approx(g_p, rel=1e-6)
    assert die.noise_a == die.noise_relative == 0.0
    assert die.reference_s == pytest.approx(g_p / 8, rel=1e-6)  # LAW: one state in eight


def test_a_pair_is_the_difference_of_its_sides(reader):
    die = drawn(plain(reader, "single", scheme="pair"))
    g_p, g_ap = nominal_conductances(reader.device, IDEAL)
    signed = [die.conductance_s(s)[0, 0] - die.reference_s for s in range(4)]
    # LAW: bit 0 on the plain side is P, bit 1 on the other is AP
    expected = [g_ap - g_p, g_p - g_p, g_ap - g_ap, g_p - g_ap]
    assert signed == pytest.approx(expected, abs=1e-6 * g_p)
    assert die.pair_s == pytest.approx(g_p + g_ap, rel=1e-6)  # LAW: mean of the four states


def test_sides_of_a_pair_are_driven_opposite_ways(reader):
    wired = wiring(plain(reader, "single", scheme="pair"))
    assert [wired.polarity(1, m) for m in (0, 1)] == ["potentiation", "depression"]
    assert [wired.parallel(3, m) for m in (0, 1)] == [True, False]  # LAW: full is P and AP
    die = drawn(plain(reader, "single", scheme="pair"))
    single, _ = draw_die(plain(reader, "single"), INPUTS, np.random.default_rng(0))
    up, down = single.potentiation[0, 0], single.depression[0, 0]
    chances = die.chances[:, 0, 0]
    # LAW: a junction that is AP is flipped as by potentiation, whichever side it is on
    assert [chances[die.chance_kind[s, 0]] for s in range(4)] == pytest.approx([up, down] * 2)
    assert [chances[die.chance_kind[s, 1]] for s in range(4)] == pytest.approx(
        [down, down, up, up]
    )


@pytest.mark.parametrize("junctions", [2, 3])
@pytest.mark.parametrize("others", [0, 1, 2])
@pytest.mark.parametrize("parallel", [True, False])
def test_a_string_shares_the_voltage_of_its_pulse(reader, junctions, others, parallel):
    if others >= junctions:
        pytest.skip("a string of so few has no such state")
    pulse = Pulse(amplitude_v=1.6, duration_s=10e-9)
    design = plain(reader, "series", junctions)
    wired = wiring(design)
    path = WritePath(open_share=np.array([1.0, 0.9]), wire_ohm=np.array([0.0, 200.0]))
    polarity = "depression" if parallel else "potentiation"
    write = nominal_write(design, wired, (parallel, others), polarity, pulse, path)
    r_p, off = float(nominal_cell(reader.device).r_p_ohm), others + (not parallel)
    for row, (share, wire) in enumerate(((1.0, 0.0), (0.9, 200.0))):
        current = 1e-5
        for _ in range(500):  # INDEPENDENT: fixed point, damped
            r_ap = r_p * (1 + 1.2 / (1 + (current * 0.5 * r_p * 2 / 0.5) ** 2))
            volts = current * r_ap
            for _ in range(200):
                r_ap = r_p * (1 + 1.2 / (1 + (volts / 0.5) ** 2))
                volts = current * r_ap
            total = IDEAL.access_ohm + wire + (junctions - off) * r_p + off * r_ap
            current = 0.5 * current + 0.5 * 1.6 * share / total
        assert write.current_a[row] == pytest.approx(current, rel=1e-6)
        assert write.energy_j[row] == pytest.approx(1.6 * current * 10e-9, rel=1e-6, abs=0)


def test_a_string_is_charged_once_for_all_its_junctions(reader, events):
    design = plain(reader, "series", 2)
    pulses = np.zeros((2, 4, 20), np.int64)
    pulses[1, 3, 4] = 10  # ten potentiation pulses on strings that are all parallel, in row 4
    counted = dataclasses.replace(events, pulses=pulses)
    kinds = write_attempts(counted, design, 20)
    energy = sum(k.share * (k.count @ k.write.energy_j) for k in kinds)
    r_p, pulse = float(nominal_cell(reader.device).r_p_ohm), reader.potentiation
    current = pulse.amplitude_v / (IDEAL.access_ohm + 2 * r_p)
    # INDEPENDENT: one current through both
    expected = 10 * pulse.amplitude_v * current * pulse.duration_s
    assert energy == pytest.approx(expected, rel=1e-6, abs=0)


def test_pulses_are_charged_and_wear_in_the_row_they_fell_in(design, events):
    only = dataclasses.replace(events, pulses=0 * events.pulses)
    only.pulses[1, 0, 3] = 7
    by_row = sum(kind.count * kind.write.energy_j for kind in write_attempts(only, design, 20))
    assert np.flatnonzero(by_row).tolist() == [3]  # LAW
    damage = damage_per_image(only, design, 20)
    assert np.flatnonzero(damage.any(axis=1)).tolist() == [3]


def test_both_sides_of_a_pair_wear_by_their_own_pulses(design, events):
    pair = plain(design, "single", scheme="pair")
    weak = dataclasses.replace(
        pair, breakdown=dataclasses.replace(pair.breakdown, polarity_factor=0.1)
    )
    pulses = np.zeros((2, 4, 20), np.int64)
    pulses[1] = 5
    potentiated = dataclasses.replace(events, pulses=pulses)
    ratio = damage_per_image(potentiated, weak, 20) / damage_per_image(potentiated, pair, 20)
    assert ratio.shape == (40, 4)
    # LAW: potentiation writes P→AP on the complementary side only
    assert ratio[:20] == pytest.approx(1.0)
    assert ratio[20:] == pytest.approx(10.0)


def test_the_long_term_junction_flips_less_often(reader):
    die = drawn(plain(reader, "long_short"))
    chances = die.chances[:, 0, 0]
    for state in (0, 3):
        first, second = (chances[kind] for kind in die.chance_kind[state])
        assert 0 < second < 0.8 * first  # LAW: less amplitude


def test_broken_junctions_of_a_synapse_stay_what_they_are(reader):
    broken = plain(
        reader, "parallel", defects=dataclasses.replace(reader.defects, open=0.1, short=0.05)
    )
    die, whole = drawn(broken), drawn(plain(reader, "parallel"))
    fixed = die.line_s[:, 0] == die.line_s[:, 1]
    assert fixed.mean() == pytest.approx(0.15, abs=5 * np.sqrt(0.15 * 0.85 / fixed.size))  # LAW
    for junction in range(2):
        flips = die.chances[die.chance_kind[0, junction]]
        assert np.array_equal(flips == 0, fixed[junction])
    assert np.array_equal(die.line_s[:, :, ~fixed.any(axis=0)], whole.line_s[:, :, ~fixed.any(0)])


def test_the_dies_of_all_topologies_are_drawn_from_the_same_cells(reader):
    one, two = drawn(of(reader, "parallel"), 3), drawn(of(reader, "parallel"), 3)
    assert np.array_equal(one.line_s, two.line_s)  # LAW: same seed
    state = random_state(one, np.random.default_rng(0))
    both = lines_s(one, state).sum(axis=0)
    table = np.stack([one.conductance_s(s) for s in range(4)])
    assert both == pytest.approx(np.take_along_axis(table, state[None].astype(int), 0)[0])


def test_states_and_window_of_the_nominal_synapse(reader):
    g_p, g_ap = nominal_conductances(reader.device, IDEAL)
    design = plain(reader, "parallel", scheme="pair")
    states = nominal_states_s(design, wiring(design))
    assert states[0] == pytest.approx(2 * (g_ap - g_p))  # LAW
    assert states[-1] == pytest.approx(2 * (g_p - g_ap))


def test_five_junctions_a_synapse_are_refused(reader):
    with pytest.raises(RangeError, match="make 6, but a synapse has 4 at most"):
        wiring(of(reader, "parallel", 3, scheme="pair"))


@pytest.mark.parametrize(
    ("topology", "scheme"),
    [
        ("single", "raw"),
        ("single", "pair"),
        ("series", "reference"),
        ("and", "reference"),
        ("parallel", "pair"),
        ("long_short", "reference"),
    ],
)
def test_every_topology_learns_digits_and_has_all_its_scores(reader, digits, topology, scheme):
    volts = 2.0 if topology == "series" else 1.0
    raw = scheme == "raw"
    flat = flatten(of(reader, topology, 2, scheme, array=Array())) | {
        "potentiation.amplitude_v": volts * 0.65,
        "depression.amplitude_v": volts * 0.6,
        "neuron.threshold": 1500.0 if raw else 200.0,
        "neuron.threshold_step": 0.01 if raw else 0.04,
    }
    design = unflatten(flat)
    scores = evaluate(design, digits, (1,))
    assert scores.values["accuracy"] > 0.5  # LAW: chance is 0.1
    assert all(np.isfinite(value) for value in scores.values.values())
    assert scores.constraints == check_constraints(design, digits)


def test_pulses_of_spreads_counts_evenly():
    found = pulses_of(20, ltp_ap=300)
    assert found[1, 0].tolist() == [15] * 20
