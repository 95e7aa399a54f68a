"""Time CrossSim's iterative solve of parasitic resistance: the peer of device_models/array.py.

Its separate-source array is the gated one: supply and output line in parallel, contacted at
opposite ends, silent rows gated off. Default settings: a voltage error of 1e-3, relaxation 1,
lowered until it converges and then kept, which is what a warm solve profits from.

    git clone https://github.com/sandialabs/cross-sim     # BSD-3: apart from the package
    PYTHONPATH=cross-sim python peer_crosssim.py --wire-ohm 2

Prints one JSON line: for each size and input the seconds of processor time of the first solve and
of one more (least of a few), the relaxation it settled on and the column currents [A].
"""

import argparse
import json
import time
import tomllib
from pathlib import Path

import numpy as np
import simulator
from simulator.backend import ComputeBackend
from simulator.circuits.array.NonInterleaved_SepSource import NoninterleavedSeparateSourceArray
from simulator.parameters import CrossSimParameters

R_P_OHM, R_AP_OHM, READ_V, REPEATS = 5e3, 12e3, 0.1, 15


def solver(rows: int, wire_ohm: float) -> NoninterleavedSeparateSourceArray:
    """A fresh solver of a gated array."""
    settings = CrossSimParameters()
    settings.core.style = "OFFSET"
    settings.core.rows_max = settings.core.cols_max = rows
    settings.xbar.device.Rmin, settings.xbar.device.Rmax = R_P_OHM, R_AP_OHM
    parasitics = settings.xbar.array.parasitics
    parasitics.enable, parasitics.current_from_input = True, False
    parasitics.Rp_row = parasitics.Rp_col = wire_ohm
    settings.simulation.hide_convergence_msg = True
    return NoninterleavedSeparateSourceArray(settings)


def measure(size: int, active_share: float, wire_ohm: float) -> dict[str, object]:
    """One array and input: cold, warm, relaxation, currents. array_solve.py draws the same."""
    rng = np.random.default_rng(size)
    bits = rng.random((size, size)) < 0.5
    active = (rng.random(size) < active_share).astype(float)
    scaled = np.where(bits, 1.0, R_P_OHM / R_AP_OHM).T.copy()
    array, seconds = solver(size, wire_ohm), []
    for _ in range(REPEATS):
        matrix = scaled.copy()  # the solve gates it in place
        start = time.process_time()
        out = array.iterative_solve(matrix, active)
        seconds.append(time.process_time() - start)
    return {
        "size": size,
        "active_share": active_share,
        "cold_s": seconds[0],
        "warm_s": min(seconds[1:]),
        "relaxation": array.gamma,
        "currents_a": (out * READ_V / R_P_OHM).tolist(),
    }


def main() -> None:
    """Measure two sizes and two inputs and print one JSON line."""
    parser = argparse.ArgumentParser(description="Time CrossSim.")
    parser.add_argument("--wire-ohm", type=float, default=2.0)
    wire_ohm = parser.parse_args().wire_ohm
    ComputeBackend().__init__(use_gpu=False)
    cases = [measure(size, share, wire_ohm) for size in (64, 128) for share in (1.0, 0.1)]
    project = Path(simulator.__file__).parents[1] / "pyproject.toml"
    version = tomllib.loads(project.read_text())["project"]["version"]
    print(json.dumps({"peer": "CrossSim", "version": version, "cases": cases}))


if __name__ == "__main__":
    main()
