"""Build the shipped table of switching probabilities: python -m device_models.table_build [PATH].

About 3000 direct solves, ten minutes on one core. Node spacings are set by the test that compares
the interpolation with direct solves over the whole range.
"""

import math
import sys
import time
from pathlib import Path

import numpy as np

from device_models.arrays import Floats
from device_models.switching import (
    BARRIER,
    OVERDRIVE,
    REDUCED_TIME,
    SwitchingTable,
    log_hazard,
    solve_switching,
    steady_logit,
)

BARRIER_NODES = 24
OVERDRIVE_NODES, OPPOSING_NODES = 101, 21  # same spacing
TIME_NODES = 110
FIRST_TIME = 0.01


def build_table() -> SwitchingTable:
    """Solve the equation at every node; prints one line a barrier."""
    root = np.linspace(math.sqrt(BARRIER.low), math.sqrt(BARRIER.high), BARRIER_NODES)
    overdrive = np.linspace(0.0, OVERDRIVE.high, OVERDRIVE_NODES)
    opposing = np.linspace(0.0, -OVERDRIVE.low, OPPOSING_NODES)
    log_time = np.linspace(math.log(FIRST_TIME), math.log(REDUCED_TIME.high), TIME_NODES)
    hazard = np.empty((root.size, overdrive.size, log_time.size))
    imbalance = np.empty((root.size, opposing.size, log_time.size))
    logit = np.array([[steady_logit(i, d) for i in overdrive] for d in root**2])
    for k, barrier in enumerate(root**2):
        start = time.perf_counter()
        hazard[k] = [log_hazard(i, barrier, np.exp(log_time)) for i in overdrive]
        helped = np.log(-np.expm1(-np.exp(hazard[k, :OPPOSING_NODES])))
        helped -= np.logaddexp(0.0, -logit[k, :OPPOSING_NODES, None])
        opposed = np.log([solve_switching(-i, barrier, np.exp(log_time))[0] for i in opposing])
        imbalance[k] = helped - opposed - logit[k, :OPPOSING_NODES, None]
        print(f"barrier {barrier:6.2f}  {time.perf_counter() - start:5.1f} s", flush=True)
    return SwitchingTable(
        sqrt_barrier=root,
        overdrive=overdrive,
        opposing=opposing,
        log_reduced_time=log_time,
        log_hazard=hazard,
        log_imbalance=imbalance,
        steady_logit=logit,
    )


def save_table(table: SwitchingTable, path: Path) -> None:
    """Compressed, the three-dimensional arrays in single precision."""
    arrays: dict[str, Floats] = vars(table)
    small = {n: a.astype(np.float32) if a.ndim == 3 else a for n, a in arrays.items()}
    if not all(np.isfinite(a).all() for a in small.values()):
        raise FloatingPointError("a direct solve failed: the table is not finite, nothing written")
    np.savez_compressed(path, allow_pickle=False, **small)


def main() -> None:
    """Build and write the table, beside this file unless a path is given."""
    default = Path(__file__).with_name("switching_table.npz")
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    save_table(build_table(), path)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
