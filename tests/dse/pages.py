"""Pages as tests see them."""

from html.parser import HTMLParser

EVIL = '<script>alert("1")</script> & <img src=x onerror=alert(1)>'
"""What no page may take for markup."""
LOADS = ("src", "srcset", "data", "action", "poster", "background")


class Read(HTMLParser):
    """Tables as rows of texts, everything that is loaded, all text, tags in order."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.loaded, self.links, self.tags, self.strong = [], [], [], [], []
        self.text, self._open = "", False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep the tag, what it loads, and where a row or a cell begins."""
        known = dict(attrs)
        self.tags.append(tag)
        self.loaded += [known[name] for name in LOADS if name in known]
        self.links += [known["href"]] if tag == "a" else []
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
            self.strong += [self.tables[-1][-1]] if known.get("class") == "strong" else []
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._open = True

    def handle_endtag(self, tag):
        """A cell ends."""
        self._open = self._open and tag not in ("td", "th")

    def handle_data(self, data):
        """Keep the text, of a cell in its place."""
        data = data.replace("\N{NO-BREAK SPACE}", " ")
        self.text += data
        if self._open:
            self.tables[-1][-1][-1] += data

    def table(self, *headers):
        """Rows below the headers that begin with these."""
        return next(rows[1:] for rows in self.tables if rows[0][: len(headers)] == list(headers))
