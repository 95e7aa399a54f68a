"""One script a claim; `python -m benchmarks` measures all and writes docs/benchmarks.md.

Each script has `report() -> str`, its section in Markdown, and runs alone with
`python -m benchmarks.NAME`.
"""
