"""Layer 1: the spiking learner; it knows arrays and knows no score."""
