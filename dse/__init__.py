"""Layer 3: search, tracking, export and the `dse` command."""
