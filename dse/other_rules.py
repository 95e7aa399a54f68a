"""What well-known rules of decision making would have chosen, from libraries."""

import warnings

import numpy as np

from dse.choose import Field

TITLES = {
    "TOPSIS": "nearest to the best and farthest from the worst design (Hwang & Yoon 1981, "
    "doi 10.1007/978-3-642-48318-9)",
    "SPOTIS": "smallest mean cost between fixed corners (Dezert et al. 2020, "
    "doi 10.23919/FUSION45008.2020.9190347)",
    "pseudo-weights": "gains in the proportion of the weights (Deb 2001, ISBN 978-0-471-87339-6)",
}


def chosen(among: Field) -> dict[str, int]:
    """Rule -> place of the design it takes. TOPSIS may change its mind when designs are added."""
    from pymcdm.methods import SPOTIS, TOPSIS  # a second to import
    from pymoo.mcdm.pseudo_weights import PseudoWeights

    cost = np.clip(np.nan_to_num(among.cost, nan=1.0), 0.0, 1.0)
    if len(cost) == 1:
        return dict.fromkeys(TITLES, 0)
    count = cost.shape[1]
    weights, less = among.weights / among.weights.sum(), -np.ones(count)
    bounds = np.tile([0.0, 1.0], (count, 1))
    with np.errstate(invalid="ignore", divide="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a design that is best in everything
        topsis = np.nan_to_num(TOPSIS()(cost, weights, less))
        pseudo = PseudoWeights(weights, ideal=np.zeros(count), nadir=np.ones(count)).do(cost)
        spotis = SPOTIS(bounds)(cost, weights, less)
    return {
        "TOPSIS": int(np.argmax(topsis)),
        "SPOTIS": int(np.argmin(spotis)),
        "pseudo-weights": int(pseudo),
    }
