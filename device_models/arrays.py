"""Types of the numbers every model takes and gives."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FloatLike = float | Floats
