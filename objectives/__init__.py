"""Layer 2: what a design is worth: accuracy, energy, endurance and the rest."""
