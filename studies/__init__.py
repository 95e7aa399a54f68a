"""Study files: one question each, as TOML that `dse` reads."""
