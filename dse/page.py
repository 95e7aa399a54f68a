"""The bones of a page that works offline: head, style, tables, figures, links to sources."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STYLE = """
body { font: 14px system-ui, sans-serif; color: #30343b; margin: 2em auto; max-width: 1200px }
svg, img { width: 100%; height: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 2px 10px; border-bottom: 1px solid #e7e9ec }
td { font-variant-numeric: tabular-nums }
"""
SOURCE = re.compile(r"\bdoi (10\.\d{4,9}/[^\s,;]+)|\barXiv (\d{4}\.\d{4,5})")
"""A DOI or an arXiv number as sources are written here."""
NAME = re.compile(r"[a-z]+\.[a-z0-9_]+")
"""A parameter, which may be folded at its dot."""
LONG = 25
"""Rows beyond which a table may be cut at the end of a page."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell that is more than its text: strong, or with a bar of this share of its width."""

    text: str
    strong: bool = False
    bar: float | None = None


@dataclass(frozen=True, kw_only=True)
class Text:
    """A paragraph; sources in it become links."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Headers and rows, under a caption; rows of `strong` stand out."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    caption: str = ""
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture as SVG, with its caption and what it shows in words."""

    svg: bytes
    alt: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands below it."""

    title: str
    parts: Sequence[Text | Table | Figure]


def document(title: str, style: str, body: str) -> str:
    """A whole page; `body` is HTML, `title` text."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{STYLE}{style}</style></head><body>"
        f"{body}</body></html>\n"
    )


def section(shown: Section) -> str:
    """A section as HTML; its heading stays with what follows."""
    parts = "\n".join(map(_part, shown.parts))
    return f"<section><h2>{escape(shown.title)}</h2>\n{parts}\n</section>"


def linked(text: str) -> str:
    """Escaped text whose DOIs and arXiv numbers are links; what is shown stays the same."""
    pieces, place = [], 0
    for found in SOURCE.finditer(text):
        doi, arxiv = found.groups()
        name = _closed(doi) if doi else arxiv
        end = found.start(1 if doi else 2) + len(name)
        address = f"https://doi.org/{name}" if doi else f"https://arxiv.org/abs/{name}"
        shown = escape(text[found.start() : end])
        pieces += [
            escape(text[place : found.start()]),
            f'<a href="{escape(address)}">{shown}</a>',
        ]
        place = end
    return "".join([*pieces, escape(text[place:])])


def unbroken(text: str) -> str:
    """A figure that no line end takes apart."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _closed(doi: str) -> str:
    """Without the full stop, colon or bracket of the sentence around it."""
    doi = doi.rstrip(".:")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".:")
    return doi


def _part(shown: Text | Table | Figure) -> str:
    if isinstance(shown, Text):
        return f"<p>{linked(shown.text)}</p>"
    if isinstance(shown, Table):
        return _table(shown)
    data = b64encode(shown.svg).decode()
    return (
        f'<figure><img alt="{escape(shown.alt)}" src="data:image/svg+xml;base64,{data}">'
        f"<figcaption>{linked(shown.caption)}</figcaption></figure>"
    )


def _table(shown: Table) -> str:
    caption = f"<caption>{linked(shown.caption)}</caption>" if shown.caption else ""
    head = "".join(f"<th>{escape(text)}</th>" for text in shown.headers)
    head = f"<thead><tr>{head}</tr></thead>" if any(shown.headers) else ""
    kind = ' class="long"' if len(shown.rows) > LONG else ""
    rows = "\n".join(_row(row, place in shown.strong) for place, row in enumerate(shown.rows))
    return f"<table{kind}>{caption}{head}<tbody>\n{rows}\n</tbody></table>"


def _row(row: Sequence[str | Cell], strong: bool) -> str:
    cells = "".join(_cell(cell) for cell in row)
    return f'<tr class="strong">{cells}</tr>' if strong else f"<tr>{cells}</tr>"


def _cell(cell: str | Cell) -> str:
    if isinstance(cell, str):
        folded = cell.replace(".", ".<wbr>") if NAME.fullmatch(cell) else linked(cell)
        return f"<td>{folded}</td>"
    text = f"<strong>{linked(cell.text)}</strong>" if cell.strong else linked(cell.text)
    if cell.bar is None:
        return f"<td>{text}</td>"
    width = f"{60 * min(max(cell.bar, 0.0), 1.0):.1f}"
    bar = f'<svg class="bar" viewBox="0 0 60 8"><rect width="{width}" height="8"/></svg>'
    return f'<td class="bar">{bar}{text}</td>'
