"""Layer 0: the physics of the junction and its array, as pure functions of numbers."""
