"""Claims of the literature, each measured as a curve and judged by a rule on its numbers."""
