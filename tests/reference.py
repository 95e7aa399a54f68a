"""Slow, obvious oracles: another method than the packages use, written for reading."""

import numpy as np
from scipy.integrate import quad
from scipy.linalg import expm


def legendre_generator(drive, barrier, terms):
    """Matrix of da/dτ = G a for ρ = Σ a_k P_k of the Fokker-Planck equation, as Tzoufras 2018.

    Multiplying the equation by P_l and integrating by parts gives
    2/(2l+1) da_l/dτ = −∫ (1−z²) [(drive−z) ρ + ρ'/(2Δ)] P_l' dz, drive = i − h.
    """
    node, weight = np.polynomial.legendre.leggauss(2 * terms)
    values = np.polynomial.legendre.legvander(node, terms - 1)
    slopes = np.array(
        [
            np.polynomial.legendre.legval(node, np.polynomial.legendre.legder(row))
            for row in np.eye(terms)
        ]
    ).T
    current = (drive - node)[:, None] * values + slopes / (2 * barrier)
    norm = np.arange(terms) + 0.5
    return -norm[:, None] * (slopes.T @ ((weight * (1 - node**2))[:, None] * current))


def legendre_well(barrier, field, side, terms):
    """Coefficients of ρ ∝ exp(Δ(z² + 2hz)) in the well on one side (1 or −1) of the barrier.

    The well ends at its top z = −h, or at z = 0 if that comes first.
    """
    node, weight = np.polynomial.legendre.leggauss(2 * terms)
    cut = max(0, -side * field)
    depth = cut + (1 - cut) * (1 + node) / 2
    start = weight * np.exp(barrier * (depth**2 - 1 + 2 * side * field * (depth - 1)))
    values = np.polynomial.legendre.legvander(side * depth, terms - 1)
    return (np.arange(terms) + 0.5) * (values.T @ start) / start.sum()


def legendre_beyond(side, terms):
    """Weights that make Σ w_k a_k the integral of ρ over z < 0 (side −1) or z > 0 (side 1)."""
    node, weight = np.polynomial.legendre.leggauss(2 * terms)
    return np.polynomial.legendre.legvander(side * (1 + node) / 2, terms - 1).T @ weight / 2


def legendre_switching(overdrive, barrier, reduced_time, field=0.0, side=1, before=None):
    """P of the Fokker-Planck equation by Galerkin on Legendre polynomials; good to about 1e-6.

    `side` −1 starts in the well z < 0 and counts what ends at z > 0; `before` is the field
    before the pulse, if another one.
    """
    terms = 150
    generator = legendre_generator(overdrive - field, barrier, terms)
    start = legendre_well(barrier, field if before is None else before, side, terms)
    return legendre_beyond(-side, terms) @ expm(reduced_time * generator) @ start


def legendre_error(overdrive, barrier, reduced_time, terms=200):
    """1 − P by the same expansion, right in relative terms however small (checked to 1e-15).

    ρ less the steady state has no P_0, and decays under the rest of the matrix without
    cancellation; the steady 1 − P_∞ comes from quadrature.
    """
    generator = legendre_generator(overdrive, barrier, terms)
    start = legendre_well(barrier, 0.0, 1, terms)
    steady = -np.linalg.solve(generator[1:, 1:], generator[1:, 0] * start[0])
    left = expm(reduced_time * generator[1:, 1:]) @ (start[1:] - steady)
    return steady_switched(-overdrive, barrier) + legendre_beyond(1, terms)[1:] @ left


def escape_rate(drive, barrier):
    """Rate [1/τ_D] over a high barrier from the mean first-passage time to the other well.

    1/Γ = ∫ e^φ/D dz · ∫ e^(−φ) dz with φ = Δ(2·drive·z − z²) and D = (1 − z²)/(2Δ), the first
    over the top z = drive, the second over the well z > drive; exact for high barriers, where
    Brown 1963 takes both integrals by steepest descent. |drive| < 1.
    """
    top = barrier * drive**2  # φ at z = drive
    bottom = barrier * (2 * drive - 1)  # φ at z = 1

    def resistance(z):
        return np.exp(barrier * (2 * drive * z - z * z) - top) * 2 * barrier / (1 - z * z)

    def occupation(z):
        return np.exp(bottom - barrier * (2 * drive * z - z * z))

    width = min(6 / np.sqrt(barrier), 0.98 * (1 - abs(drive)))
    across = quad(resistance, drive - width, drive + width, limit=200)[0]
    well = quad(occupation, drive, 1, limit=200)[0]
    return np.exp(-(top - bottom)) / (across * well)


def steady_switched(drive, barrier):
    """P of the steady state ρ ∝ exp(Δ(z² − 2·drive·z)), by adaptive quadrature."""

    def density(z):
        return np.exp(barrier * (z * z - 2 * drive * z - 1 - 2 * abs(drive)))

    below, above = quad(density, -1, 0, epsabs=0)[0], quad(density, 0, 1, epsabs=0)[0]
    return below / (below + above)


def crossbar_network(g, drive_v, topology, wire_ohm, driver_ohm=0.0, sense_ohm=0.0):
    """Every resistor of an array, (node, node, conductance), and the nodes held at a voltage.

    g and drive_v: (rows, columns) and (rows,); a gated row is on where drive_v is not 0. Row 0
    is at the driven end of a source line, the last row at the sensed end of a bit line.
    """
    rows, columns = g.shape
    edges, held = [], {"ground": 0.0}

    def join(a, b, ohm):
        edges.append((a, b, 1 / ohm))

    for i in range(rows):
        for j in range(columns):
            top = ("row", i, j) if topology == "cross_point" else ("source", i, j)
            if topology == "gated_ideal_source":
                top = ("source", j)
            conducts = topology == "cross_point" or drive_v[i] != 0
            edges.append((top, ("bit", i, j), g[i, j] * conducts))
            if i + 1 < rows:
                join(("bit", i, j), ("bit", i + 1, j), wire_ohm)
            if topology == "cross_point" and j + 1 < columns:
                join(top, ("row", i, j + 1), wire_ohm)
            if topology == "gated" and i + 1 < rows:
                join(top, ("source", i + 1, j), wire_ohm)
    for j in range(columns):
        join(("bit", rows - 1, j), "ground", wire_ohm + sense_ohm)
    ends = {
        "cross_point": [(("row", i, 0), drive_v[i], wire_ohm) for i in range(rows)],
        "gated": [(("source", 0, j), drive_v.max(), wire_ohm) for j in range(columns)],
        "gated_ideal_source": [(("source", j), drive_v.max(), 0.0) for j in range(columns)],
    }[topology]
    for node, volt, ohm in ends:
        supply = ("supply", *node) if ohm + driver_ohm > 0 else node
        held[supply] = volt
        if supply != node:
            join(supply, node, ohm + driver_ohm)
    return edges, held


def nodal_voltages(edges, held):
    """Voltage of every node, by one dense linear solve of Kirchhoff's current law."""
    nodes = sorted({n for a, b, _ in edges for n in (a, b)} - set(held), key=str)
    index = {node: k for k, node in enumerate(nodes)}
    admittance, injected = np.zeros((len(nodes), len(nodes))), np.zeros(len(nodes))
    for a, b, conductance in edges:
        for here, there in ((a, b), (b, a)):
            if here in index:
                admittance[index[here], index[here]] += conductance
                if there in index:
                    admittance[index[here], index[there]] -= conductance
                else:
                    injected[index[here]] += conductance * held[there]
    return {**dict(zip(nodes, np.linalg.solve(admittance, injected), strict=True)), **held}


def nodal_currents(g, drive_v, topology, wire_ohm, driver_ohm=0.0, sense_ohm=0.0):
    """Column currents [A] and cell voltages [V] of an array by `nodal_voltages`."""
    rows, columns = g.shape
    edges, held = crossbar_network(g, drive_v, topology, wire_ohm, driver_ohm, sense_ohm)
    volt = nodal_voltages(edges, held)
    out = [volt["bit", rows - 1, j] / (wire_ohm + sense_ohm) for j in range(columns)]
    across = [volt[a] - volt[b] for a, b, _ in edges if b[0] == "bit" and a[0] != "bit"]
    return np.array(out), np.reshape(across, g.shape)


def group_voltages(ohms, group, rows, wire_ohm, drive_v):
    """Voltage across each cell of a group written at once, and the driver's current; dense.

    ohms(volts) gives the resistances of the cells (group,) at their voltages; both lines are
    solved node by node, source line at 0 V below row 0, bit line at `drive_v` above the last row.
    """
    volts = np.full(len(group), float(drive_v))
    for _ in range(200):
        matrix, current = np.zeros((2 * rows, 2 * rows)), np.zeros(2 * rows)

        def join(a, b, siemens, matrix=matrix):
            for node, other in ((a, b), (b, a)):
                matrix[node, node] += siemens
                matrix[node, other] -= siemens

        for row in range(rows - 1):
            join(row, row + 1, 1 / wire_ohm)
            join(rows + row, rows + row + 1, 1 / wire_ohm)
        matrix[0, 0] += 1 / wire_ohm
        matrix[-1, -1] += 1 / wire_ohm
        current[-1] = drive_v / wire_ohm
        for row, ohm in zip(group, ohms(volts), strict=True):
            join(row, rows + row, 1 / ohm)
        nodes = np.linalg.solve(matrix, current)
        before, volts = volts, (nodes[rows:] - nodes[:rows])[group]
        if np.abs(volts - before).max() < 1e-12:
            break
    return volts, nodes[0] / wire_ohm
