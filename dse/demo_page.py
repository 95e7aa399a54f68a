"""The demo as one page that works offline: the figure and every event."""

from collections.abc import Sequence
from html import escape

from dse.page import document

STYLE = """
th { position: sticky; top: 0; background: white }
tr.spike { font-weight: bold } tr.up { background: #dbe8f3 } tr.down { background: #f8dfe2 }
"""


def to_html(title: str, svg: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A page of a title, a figure and a table; spikes bold, flips in colour."""
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    body = "\n".join(_row(row) for row in rows)
    return document(
        title,
        STYLE,
        f"<h1>{escape(title)}</h1>{svg}"
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>",
    )


def _row(texts: Sequence[str]) -> str:
    kind = {"flips AP→P": "up", "flips P→AP": "down"}.get(texts[5], "")
    kind = "spike" if texts[1] == "spike" else kind
    cells = "".join(f"<td>{escape(text)}</td>" for text in texts)
    return f'<tr class="{kind}">{cells}</tr>' if kind else f"<tr>{cells}</tr>"
