"""The demo as one page that works offline: the figure and every event."""

from collections.abc import Sequence
from html import escape

STYLE = """
body { font: 14px system-ui, sans-serif; color: #30343b; margin: 2em auto; max-width: 1200px }
svg { width: 100%; height: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 2px 10px; border-bottom: 1px solid #e7e9ec }
th { position: sticky; top: 0; background: white } td { font-variant-numeric: tabular-nums }
tr.spike { font-weight: bold } tr.up { background: #dbe8f3 } tr.down { background: #f8dfe2 }
"""


def to_html(title: str, svg: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A page of a title, a figure and a table; spikes bold, flips in colour."""
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    body = "\n".join(_row(row) for row in rows)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>{svg}"
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></body></html>\n"
    )


def _row(texts: Sequence[str]) -> str:
    kind = {"flips AP→P": "up", "flips P→AP": "down"}.get(texts[5], "")
    kind = "spike" if texts[1] == "spike" else kind
    cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
    return f'<tr class="{kind}">{cells}</tr>' if kind else f"<tr>{cells}</tr>"
