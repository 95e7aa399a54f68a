"""Time cmtj's macrospin on one core: the peer of device_models/macrospin.py.

The junction of tests/data/mtj_switching.json through cmtj's public interface: uniaxial free layer,
Slonczewski torque, temperature, no demagnetising tensor, constant current, thermal start.

    pip install cmtj==1.15.0        # GPL-2.0: in an interpreter of its own, apart from the package
    python peer_cmtj.py --overdrive 1.5 --pulse-s 3e-9 --step-s 1e-12 --trials 1000

Prints one JSON line: version and, for both stochastic solvers, nanoseconds of processor time a
trajectory and step (the least of a few runs) and how many trajectories ended at m_z < 0.
"""

import argparse
import importlib.metadata
import json
import math
import random
import time

import cmtj

DIAMETER_M, THICKNESS_M, MS_A_PER_M, POLARISATION, KELVIN = 40e-9, 1.5e-9, 1e6, 0.6, 300.0
BARRIER, DAMPING = 60.0, 0.02
AREA_M2 = math.pi * DIAMETER_M**2 / 4
THERMAL_J = 1.380649e-23 * KELVIN
CRITICAL_A = 4 * 1.602176634e-19 * DAMPING * BARRIER * THERMAL_J / (1.054571817e-34 * POLARISATION)
REPEATS, TIMED_S = 7, 20e-9


def junction(start: cmtj.CVector, seed: int, overdrive: float) -> cmtj.Junction:
    """One trajectory: the free layer at `start`, current pushing towards m_z = −1."""
    nothing = [cmtj.CVector(0, 0, 0)] * 3
    layer = cmtj.Layer.createSTTLayer(
        id="free",
        mag=start,
        anis=cmtj.CVector(0, 0, 1),
        Ms=MS_A_PER_M * 4e-7 * math.pi,
        thickness=THICKNESS_M,
        cellSurface=AREA_M2,
        demagTensor=nothing,
        damping=DAMPING,
        SlonczewskiSpacerLayerParameter=1.0,
        beta=0.0,
        spinPolarisation=POLARISATION,
    )
    layer.setReferenceLayer(cmtj.CVector(0, 0, 1))
    layer.setSeed(seed)
    device = cmtj.Junction([layer])
    density = -overdrive * CRITICAL_A / AREA_M2
    stiffness = BARRIER * THERMAL_J / (AREA_M2 * THICKNESS_M)
    device.setLayerAnisotropyDriver("free", cmtj.constantDriver(stiffness))
    device.setLayerCurrentDriver("free", cmtj.constantDriver(density))
    device.setLayerTemperatureDriver("free", cmtj.constantDriver(KELVIN))
    return device


def thermal_start(rng: random.Random) -> cmtj.CVector:
    """A direction from ρ ∝ exp(Δz²) on z > 0, by rejection."""
    while True:
        z = 1 - rng.expovariate(BARRIER)
        if z > 0 and rng.random() < math.exp(-BARRIER * z * (1 - z)):
            azimuth, radius = rng.uniform(0, 2 * math.pi), math.sqrt(1 - z * z)
            return cmtj.CVector(radius * math.cos(azimuth), radius * math.sin(azimuth), z)


def ns_per_step(solver: cmtj.SolverMode, overdrive: float, step_s: float) -> float:
    """Processor time of one trajectory and step; nothing is written on the way."""
    best = math.inf
    for seed in range(REPEATS):
        device = junction(cmtj.CVector(0.1, 0, math.sqrt(0.99)), seed + 1, overdrive)
        start = time.process_time()
        device.runSimulation(TIMED_S, step_s, TIMED_S, solverMode=solver)
        best = min(best, time.process_time() - start)
    return 1e9 * best / (TIMED_S / step_s)


def switched(
    solver: cmtj.SolverMode, overdrive: float, pulse_s: float, step_s: float, trials: int
) -> int:
    """How many of `trials` trajectories end at m_z < 0."""
    rng, count = random.Random(1), 0
    for seed in range(1, trials + 1):
        device = junction(thermal_start(rng), seed, overdrive)
        device.runSimulation(pulse_s, step_s, pulse_s, solverMode=solver)
        count += device.getLayerMagnetisation("free").z < 0
    return count


def main() -> None:
    """Time both stochastic solvers, count, and print one JSON line."""
    parser = argparse.ArgumentParser(description="Time cmtj.")
    parser.add_argument("--overdrive", type=float, default=1.5)
    parser.add_argument("--pulse-s", type=float, default=3e-9)
    parser.add_argument("--step-s", type=float, default=1e-12)
    parser.add_argument("--trials", type=int, default=1000)
    args = parser.parse_args()
    timed = args.overdrive, args.step_s
    counted = args.overdrive, args.pulse_s, args.step_s, args.trials
    solvers = {"Heun": cmtj.SolverMode.Heun, "Euler-Heun": cmtj.SolverMode.EulerHeun}
    found = {
        name: {"ns_per_step": ns_per_step(mode, *timed), "switched": switched(mode, *counted)}
        for name, mode in solvers.items()
    }
    version = importlib.metadata.version("cmtj")
    print(json.dumps({"peer": "cmtj", "version": version, "solvers": found}))


if __name__ == "__main__":
    main()
