"""docs/scale.md and its picture from what `scale` measured."""

import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

DOCS = Path(__file__).parents[1] / "docs"
Row = dict[str, Any]
SEARCH = {
    "tpe_s": ("TPE", "#1f77b4"),
    "nsga2_s": ("NSGA-II", "#ff7f0e"),
    "random_s": ("random: storage alone", "#7f7f7f"),
}
READING = {
    "loading_s": ("load the study", "#1f77b4"),
    "table_s": ("table with roles", "#ff7f0e"),
    "curve_s": ("hypervolume curve", "#2ca02c"),
    "files_s": ("CSV, figures, page", "#9467bd"),
}


def draw(path: Path, rows: list[Row]) -> None:
    """Seconds a trial of the parent, seconds of reading, bytes; all against trials."""
    figure, axes = plt.subplots(1, 3, figsize=(15, 4.4), layout="constrained")
    for panel, lines in zip(axes, (SEARCH, READING), strict=False):
        for name, (label, colour) in lines.items():
            found = [(row["trials"], row[name]) for row in rows if name in row]
            panel.plot(*zip(*found, strict=True), "o-", color=colour, label=label)
    trials = [row["trials"] for row in rows]
    axes[2].plot(trials, [r["bytes"] / 1e6 for r in rows], "o-", label="storage")
    axes[2].plot(trials, [r["html_bytes"] / 1e6 for r in rows], "o-", label="front.html")
    titles = ("parent: ask, judge, tell, keep [s a trial]", "reading [s]", "files [MB]")
    for panel, title in zip(axes, titles, strict=True):
        panel.set(xscale="log", yscale="log", title=title, xlabel="trials in the study")
        panel.grid(alpha=0.3, which="both")
        panel.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def table(rows: list[Row]) -> str:
    """One column a size."""

    def line(label: str, name: str, factor: float = 1.0) -> str:
        found = [factor * row[name] if name in row else None for row in rows]
        cells = ["" if n is None else f"{n:.0f}" if n >= 100 else f"{n:.2g}" for n in found]
        return f"| {label} | {' | '.join(cells)} |"

    return "\n".join(
        [
            "| trials | " + " | ".join(f"{row['trials']:,}" for row in rows) + " |",
            "|---" * (len(rows) + 1) + "|",
            *(line(f"{text}, s a trial", name) for name, (text, _) in SEARCH.items()),
            *(line(f"{text} [s]", name) for name, (text, _) in READING.items()),
            line("MLflow, one run a trial [ms]", "run_s", 1e3),
            line("storage [MB]", "bytes", 1e-6),
            line("front.html [MB]", "html_bytes", 1e-6),
        ]
    )


def write(path: Path) -> None:
    """The page and its picture from the lines of a file."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows.sort(key=lambda row: row["trials"])
    draw(DOCS / "pictures" / "scale.png", rows)
    text = Path(__file__).with_name("scale_page.md").read_text()
    (DOCS / "scale.md").write_text(text.replace("{table}", table(rows)))
