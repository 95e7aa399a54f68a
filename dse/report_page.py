"""A report as one HTML file: it loads nothing, and prints on A4."""

from html import escape

from dse.page import document, linked, section
from dse.report import Report

STYLE = """
body { max-width: 190mm; padding: 0 1em; line-height: 1.4 }
h1 { margin-bottom: 0 } h2 { border-bottom: 2px solid #30343b; margin: 1.6em 0 .5em }
.question { font-size: 1.2em; font-style: italic; margin-top: .3em }
figure { margin: .5em 0 } figcaption, caption { color: #30343b; font-size: .9em }
caption { text-align: left; font-weight: bold; padding: .4em 0 .2em }
table { margin: .5em 0 1.2em; font-size: .85em }
th { white-space: pre-line; vertical-align: bottom }
th { border-bottom: 1px solid #30343b } td { overflow-wrap: break-word; vertical-align: top }
tr.strong td { font-weight: bold } a { color: #1f5a83 }
td.bar { white-space: nowrap } svg.bar rect { fill: #5f9ec4 }
svg.bar { width: 60px; height: 8px; margin-right: 6px }
@page { size: A4; margin: 15mm }
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 10pt }
  a { color: inherit; text-decoration: none }
  h2, caption, section p { break-after: avoid }
  figure, tr, table, p { break-inside: avoid } table.long { break-inside: auto }
  thead { display: table-header-group }
}
"""


def to_html(report: Report) -> str:
    """The whole page."""
    head = (
        f"<h1>{escape(report.title)}</h1>"
        f'<p class="question">{escape(report.question)}</p>'
        f"<p>{linked(report.summary)}</p>"
    )
    body = "\n".join(section(each) for each in report.sections)
    return document(f"{report.title}: {report.question}", STYLE, f"{head}\n{body}")
