"""Time of the exact array solves, beside scipy's sparse LU and CrossSim on the same core.

python -m benchmarks.array_solve. Half the cells parallel (5 kΩ), half antiparallel (12 kΩ), 2 Ω a
segment. Targets at 128 x 128: 0.5 ms a gated matrix-vector product, 50 times CrossSim warm.
"""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.linalg import splu

from benchmarks.switching_speed import cpu_seconds
from device_models.array import column_currents
from device_models.crosspoint import Lines, effective_matrix, solved, updated_matrix

R_P_OHM, R_AP_OHM, READ_V, WIRE_OHM = 5e3, 12e3, 0.1, 2.0
SIZES, SHARES, BATCH, FLIPS = (64, 128), (1.0, 0.1), 100, 10
CROSSSIM = (
    "CrossSim {version}, separate-source array, iterates to a voltage error of 1e-3, its default; "
    "cold finds the relaxation that converges, warm keeps it. A gated array cannot be factored "
    "ahead: every input is another network, for LU too."
)


def case(size: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Conductances and active rows, drawn as in peer_crosssim.py."""
    rng = np.random.default_rng(size)
    g = np.where(rng.random((size, size)) < 0.5, 1 / R_P_OHM, 1 / R_AP_OHM)
    return g, rng.random(size) < share


def nodal_matrix(g: np.ndarray, cross_point: bool) -> tuple[Any, np.ndarray]:
    """Sparse admittance of both lines of every cell, upper (source or row) lines first.

    And the right-hand side of 1 V on every driven line, (nodes,).
    """
    n, m = g.shape
    lower = np.arange(n * m).reshape(n, m) + n * m
    upper = lower - n * m
    along = (upper[:, :-1], upper[:, 1:]) if cross_point else (upper[:-1], upper[1:])
    driven = upper[:, 0] if cross_point else upper[0]
    a = np.concatenate([x.ravel() for x in (upper, along[0], lower[:-1])])
    b = np.concatenate([x.ravel() for x in (lower, along[1], lower[1:])])
    y = np.concatenate([g.ravel(), np.full(len(a) - g.size, 1 / WIRE_OHM)])
    ends = np.concatenate([driven, lower[-1]])
    rows, columns = np.concatenate([a, b, a, b, ends]), np.concatenate([a, b, b, a, ends])
    values = np.concatenate([y, y, -y, -y, np.full(len(ends), 1 / WIRE_OHM)])
    injected = np.zeros(2 * g.size)
    injected[driven] = 1 / WIRE_OHM
    return coo_array((values, (rows, columns)), shape=(2 * g.size, 2 * g.size)).tocsc(), injected


def sparse_times(
    g: np.ndarray, cross_point: bool, drive: np.ndarray | None = None
) -> tuple[float, float, np.ndarray]:
    """Cold (assemble, factor, solve) and warm (solve) seconds of sparse LU, and the currents.

    drive: share of READ_V of every row of a cross-point; gated columns are all driven.
    """
    factor, injected = splu(nodal_matrix(g, cross_point)[0]), nodal_matrix(g, cross_point)[1]
    injected *= READ_V
    if drive is not None:
        injected[: g.size : g.shape[1]] *= drive
    cold_s = cpu_seconds(lambda: splu(nodal_matrix(g, cross_point)[0]).solve(injected))
    warm_s = cpu_seconds(lambda: factor.solve(injected))
    return cold_s, warm_s, factor.solve(injected)[-g.shape[1] :] / WIRE_OHM


def peer() -> dict[str, Any] | None:
    """What peer_crosssim.py printed, run now on the same core on the checkout it finds."""
    path = os.environ.get("CROSSSIM_PATH")
    if not path:
        return None
    command = [sys.executable, str(Path(__file__).with_name("peer_crosssim.py"))]
    command.append(f"--wire-ohm={WIRE_OHM}")
    env = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def gated_row(size: int, share: float, cases: list[dict[str, Any]]) -> str:
    """One row of the table of gated arrays."""
    g, active = case(size, share)
    solve = partial(column_currents, g, wire_ohm=WIRE_OHM, read_v=READ_V)
    currents, many = solve(active_rows=active), np.tile(active, (BATCH, 1))
    own_s = cpu_seconds(lambda: [solve(active_rows=active) for _ in range(20)]) / 20
    batch_s = cpu_seconds(lambda: solve(active_rows=many)) / BATCH
    cold_s, warm_s, sparse = sparse_times(g * active[:, None], cross_point=False)
    cells = [f"{size} x {size}, {share:.0%} active", f"{1e6 * own_s:.0f} µs"]
    cells += [f"{1e6 * batch_s:.1f} µs", f"{1e3 * cold_s:.3g} ms", f"{1e3 * warm_s:.2g} ms"]
    cells.append(f"{np.abs(currents / sparse - 1).max():.0e}")
    for peer_case in cases:
        if (peer_case["size"], peer_case["active_share"]) == (size, share):
            off = np.abs(np.array(peer_case["currents_a"]) / currents - 1).max()
            ratio = peer_case["warm_s"] / own_s
            cells += [f"{1e3 * peer_case[key]:.3g} ms" for key in ("cold_s", "warm_s")]
            cells += [f"{off:.1e}", f"{ratio:.0f}"]
    return "| " + " | ".join(cells) + " |"


def cross_point_row(size: int) -> str:
    """One row of the table of cross-points, half the rows active."""
    g, active = case(size, 0.5)
    lines, rng = Lines(wire_ohm=WIRE_OHM), np.random.default_rng(0)
    matrix, array = effective_matrix(g, lines), solved(g, lines)
    flat = rng.choice(g.size, FLIPS, replace=False)
    cells = np.stack(np.unravel_index(flat, g.shape), axis=1)
    flipped = g.copy()
    flipped[cells[:, 0], cells[:, 1]] = new = 1 / R_P_OHM + 1 / R_AP_OHM - g.flat[flat]
    drive = np.tile(active, (BATCH, 1)) * READ_V
    seconds = [
        cpu_seconds(lambda: effective_matrix(g, lines)),
        cpu_seconds(lambda: [drive @ matrix for _ in range(20)]) / 20 / BATCH,
        cpu_seconds(lambda: updated_matrix(array, cells, new)),
    ]
    cold_s, warm_s, sparse = sparse_times(g, cross_point=True, drive=active)
    off = np.abs(READ_V * active @ matrix / sparse - 1).max()
    fresh = effective_matrix(flipped, lines)
    update_off = np.abs(updated_matrix(array, cells, new) / fresh - 1).max()
    return (
        f"| {size} x {size} | {1e3 * seconds[0]:.3g} ms | {1e6 * seconds[1]:.2g} µs | "
        f"{1e3 * seconds[2]:.2g} ms | {1e3 * cold_s:.3g} ms | {1e3 * warm_s:.3g} ms | {off:.0e} | "
        f"{update_off:.0e} |"
    )


def report() -> str:
    """The section of docs/benchmarks.md."""
    found = peer()
    head = "| gated array | one input | one of a batch | LU cold | LU warm | off LU |"
    rule = "|---|---|---|---|---|---|"
    note = "CrossSim was not measured: set CROSSSIM_PATH to a checkout of it."
    if found is not None:
        head += " CrossSim cold | warm | its error | warm over ours |"
        rule += "---|---|---|---|"
        note = CROSSSIM.format(version=found["version"])
    cases = found["cases"] if found else []
    gated = [gated_row(size, share, cases) for size in SIZES for share in SHARES]
    crossing = [cross_point_row(size) for size in SIZES]
    title = (
        f"## Array solves, {WIRE_OHM:g} Ω a segment\n\nTargets at 128 x 128: 0.5 ms a gated "
        "matrix-vector product, 50 times CrossSim warm. LU is scipy's sparse LU of the nodal "
        "matrix; cold assembles, factors and solves, warm only solves.\n"
    )
    second = (
        "| cross-point | effective matrix | one of a batch with it | update, 10 flips | LU cold "
        "| LU warm | off LU | update off fresh |\n|---|---|---|---|---|---|---|---|"
    )
    return "\n".join([title, head, rule, *gated, "", note, "", second, *crossing, ""])


if __name__ == "__main__":
    print(report())
