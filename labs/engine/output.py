"""A truth table as text, TAP, JUnit XML, JSON, CSV and HTML.

All of them say the same: for each cell the four glyphs, what was expected if anything was,
and for a cell that differs which step, why, and by which rule.
"""

import csv
import html
import io
import json
import re
import sys

from engine.expect import fits
from engine.table import STEPS

WIDE = 110  # columns; wider tables stand one below the other

FORMATS = ("text", "tap", "junit", "json", "csv", "html")


# What a rule's comment may have, but neither XML nor a line may, nor may it reach a terminal.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _line(text):
    return _CONTROL.sub(" ", text)


def _attribute(text):
    return '"%s"' % html.escape(text)


class Table:
    """What was found under one rule set, and what was expected."""

    def __init__(self, title, sources, services, cells, expectation=None, seconds=0.0):
        self.title = title
        self.sources = sources
        self.services = services
        self.cells = cells
        self.expectation = expectation
        self.seconds = seconds
        self.notes = []  # lines to be read below the table
        self.ladder = ""  # one exchange as SVG

    def rows(self):
        """(cell, wanted or None, right) in the order of the table."""
        for source in self.sources:
            for service in self.services:
                cell = self.cells[source, service.label]
                wanted = self.expectation.wanted(source, service) if self.expectation else None
                yield cell, wanted, fits(cell.glyphs, wanted, cell.result.get("cause"))

    def checked(self):
        return sum(wanted is not None for _, wanted, _ in self.rows())

    def wrong(self):
        return [(cell, wanted) for cell, wanted, right in self.rows() if not right]


def progress(text=""):
    """What is being done, as the last line of a terminal, until it is done: then without a text."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + _line(text))
        sys.stderr.flush()


def difference(cell, wanted):
    """One line: what differs, how, and why."""
    return _line(cell.difference(wanted) + (" (and not every time)" if cell.flaky else ""))


# ---- text ------------------------------------------------------------------------------


def text(tables, colour=False):
    return "\n".join(_text_of(table, colour) for table in tables)


def _text_of(table, colour):
    wrong = table.wrong()
    found = _grid(table, "found" if wrong else "", lambda cell, _: (cell.shown, 32 if cell.good else 31))
    if wrong:
        expected = _grid(table, "expected", lambda cell, wanted: (spaced(wanted), 31 if (cell, wanted) in wrong else 0))
        width = max(len(line) for line, _ in found)
        if width + max(len(line) for line, _ in expected) < WIDE:
            found = [
                (left.ljust(width + 3) + right, painted + " " * (width + 3 - len(left)) + also)
                for (left, painted), (right, also) in zip(found, expected)
            ]
        else:
            found += expected
    lines = [table.title] + ["    " + (painted if colour else plain).rstrip() for plain, painted in found]
    lines += ["    " + note for note in table.notes + takers(table)]
    if table.expectation:
        lines.append("    wrong %d of %d%s" % (len(wrong), table.checked(), ":" if wrong else ""))
        lines += ["      " + difference(cell, wanted) for cell, wanted in wrong]
    return "\n".join(lines) + "\n"


def _grid(table, corner, show):
    """The lines of a table, each plain and in colour. show(cell, wanted) gives the text of a cell,
    and its colour."""
    shown = {(cell.source, cell.service.label): show(cell, wanted) for cell, wanted, _ in table.rows()}
    first = max([len(source) for source in table.sources] + [10])
    widths = [
        max(len(text) for text in [service.label] + [shown[source, service.label][0] for source in table.sources])
        for service in table.services
    ]
    head = [service.label.ljust(width) for service, width in zip(table.services, widths)]
    lines = [(" | ".join([corner.ljust(first)] + head),) * 2]
    for source in table.sources:
        plain, painted = [source.ljust(first)], [source.ljust(first)]
        for service, width in zip(table.services, widths):
            text, colour = shown[source, service.label]
            plain.append(text.ljust(width))
            painted.append("\033[%dm%s\033[0m" % (colour, text) + " " * (width - len(text)))
        lines.append((" | ".join(plain), " | ".join(painted)))
    return lines


def spaced(wanted):
    """What was expected of a cell, as tables show it."""
    if wanted is None:
        return "?"
    steps, _, cause = wanted.partition(" ")
    return steps if len(steps) != len(STEPS) or steps.isalpha() else (" ".join(steps) + " " + cause).strip()


def takers(table):
    """A line for each rule that took packets: which step of which sources."""
    found = {}
    for cell, _, _ in table.rows():
        if cell.decision is not None:
            name = "%s at %s" % (cell.decision, cell.decision.place)
            sources = found.setdefault((name, cell.broken_step), [])
            if cell.source not in sources:
                sources.append(cell.source)
    return [_line("%s of %s: %s" % (step, ", ".join(sources), name)) for (name, step), sources in found.items()]


# ---- for machines ----------------------------------------------------------------------


def tap(tables):
    lines = ["TAP version 13", "1..%d" % sum(len(list(table.rows())) for table in tables)]
    number = 0
    for table in tables:
        for cell, wanted, right in table.rows():
            number += 1
            name = "%s: %s/%s %s" % (table.title, cell.source, cell.service.label, cell.shown)
            name = _line(name.replace("#", ""))
            lines.append("%s %d - %s" % ("ok" if right else "not ok", number, name))
            if not right:
                lines.append("# " + difference(cell, wanted))
    return "\n".join(lines) + "\n"


def junit(tables):
    out = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for table in tables:
        rows = list(table.rows())
        out.append(
            "<testsuite name=%s tests=%s failures=%s time=%s>"
            % tuple(
                _attribute(str(value))
                for value in (table.title, len(rows), len(table.wrong()), "%.2f" % table.seconds)
            )
        )
        for cell, wanted, right in rows:
            name = _attribute("%s/%s" % (cell.source, cell.service.label))
            out.append("<testcase classname=%s name=%s>" % (_attribute(table.title), name))
            if not right:
                message = _attribute(difference(cell, wanted))
                out.append("<failure message=%s>%s</failure>" % (message, html.escape(_line(cell.why()))))
            out.append("</testcase>")
        out.append("</testsuite>")
    return "\n".join(out + ["</testsuites>"]) + "\n"


def as_objects(table):
    """A list of plain objects, one a cell."""
    found = []
    for cell, wanted, right in table.rows():
        found.append(
            {
                "rules": table.title,
                "source": cell.source,
                "service": cell.service.label,
                "steps": cell.glyphs,
                "expected": wanted,
                "right": right,
                "flaky": cell.flaky,
                "step": cell.result.get("step"),
                "cause": cell.result.get("cause"),
                "win32": cell.result.get("win32"),
                "offender": cell.result.get("offender"),
                "endpoint": cell.result.get("endpoint"),
                "decided_by": cell.decision.as_dict() if cell.decision else None,
            }
        )
    return found


def as_json(tables):
    return json.dumps([item for table in tables for item in as_objects(table)], indent=2) + "\n"


def as_csv(tables):
    out = io.StringIO()
    names = "rules source service steps expected right step cause win32 offender endpoint rule".split()
    writer = csv.writer(out)
    writer.writerow(names)
    for table in tables:
        for item in as_objects(table):
            item["rule"] = item["decided_by"]["rule"] if item["decided_by"] else ""
            writer.writerow([_safe(item[name]) for name in names])
    return out.getvalue()


def _safe(value):
    """A spreadsheet takes a text that begins like a formula for one."""
    if value is None:
        return ""
    value = str(value)
    return "'" + value if value[:1] in "=+-@" and value[1:2] not in " ." else value


# ---- HTML ------------------------------------------------------------------------------

_STYLE = """
:root { color-scheme: light dark; --line: #8885; --good: #1a7f37; --bad: #b42318; --soft: #8881; --idle: #6a6a6a; }
@media (prefers-color-scheme: dark) { :root { --good: #56d364; --bad: #ff7b72; --idle: #9a9a9a; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { border: 1px solid var(--line); padding: .35rem .9rem; text-align: left; }
th { font-weight: 600; background: var(--soft); }
td { font: bold 1.1rem/1.4 ui-monospace, monospace; white-space: pre; }
td small { display: block; font-size: .8rem; font-weight: normal; color: var(--idle); }
td.word { font-size: .95rem; font-weight: normal; }
.done { color: var(--good); } .broken { color: var(--bad); } .idle { color: var(--idle); }
td.wrong { outline: 3px solid var(--bad); outline-offset: -3px; }
p, ul { margin: .3rem 0; max-width: 60rem; } li { margin: .2rem 0; } .soft { color: var(--idle); font-size: .9rem; }
.ladder { margin-top: 1rem; } .ladder svg { max-width: 100%; height: auto; } .ladder .paper { fill: none; }
"""

# Pictures of epmscope bring their style and their ids along. On a page there are several.
_LADDER_STYLE = re.compile(r"<style>(.*?)</style>\n?", re.S)
_LADDER_ID = re.compile(r' (id|aria-labelledby)="([td0-9 ]+)"')

_KEY = (
    "The four steps: connect to the mapper, ask it, connect to the port that it named, bind and call. "
    "In a cell: . done, X silence, R refused, n not registered, a access denied, ! fault, - not reached. "
    "Point at a cell to see why. A frame is around what differs from what was expected."
)


def as_html(tables):
    out = ["<!doctype html>", '<html lang="en"><head><meta charset="utf-8">']
    out.append('<meta name="viewport" content="width=device-width"><title>Truth table</title>')
    style = next((_LADDER_STYLE.search(table.ladder)[1] for table in tables if table.ladder), "")
    out.append("<style>%s%s</style></head><body>" % (style.replace(":root", ".ladder"), _STYLE))
    out += [_html_of(table) + _html_of_ladder(table.ladder, i) for i, table in enumerate(tables)]
    out.append('<p class="soft"><br>%s</p></body></html>' % html.escape(_KEY))
    return "\n".join(out) + "\n"


def _html_of(table):
    title = html.escape(table.title)
    out = ["<h2>%s</h2><div><table><tr><th></th>" % title]
    out += ["<th scope=col>%s</th>" % html.escape(service.label) for service in table.services]
    wrong = {(cell.source, cell.service.label): wanted for cell, wanted in table.wrong()}
    for source in table.sources:
        out.append("</tr><tr><th scope=row>%s</th>" % html.escape(source))
        out += [
            _html_of_cell(table.cells[source, service.label], wrong.get((source, service.label)))
            for service in table.services
        ]
    out.append("</tr></table></div>")
    notes = table.notes + takers(table)
    if notes:
        out.append('<p class="soft">%s</p>' % "<br>".join(html.escape(note) for note in notes))
    if table.expectation:
        out.append("<p>wrong %d of %d</p>" % (len(wrong), table.checked()))
        items = ["<li>%s</li>" % html.escape(difference(*item)) for item in table.wrong()]
        out.append("<ul>%s</ul>" % "".join(items) if items else "")
    return "".join(out)


def _html_of_ladder(svg, number):
    """A picture as a part of the page."""
    if not svg:
        return ""
    svg = _LADDER_STYLE.sub("", svg).replace(' xmlns="http://www.w3.org/2000/svg"', "")
    svg = _LADDER_ID.sub(lambda m: ' %s="%s"' % (m[1], re.sub(r"(\d+)", r"\1-%d" % number, m[2])), svg)
    return '<div class="ladder">%s</div>' % svg


def _html_of_cell(cell, wanted):
    """A step that broke is red, and what was not reached is grey; so is a word of a scan. `wanted` is
    what was expected instead, or None."""
    parts = cell.shown.split(" ")
    kinds = {".": "done", "open": "done", "-": "idle"}
    spans = [
        '<span class="%s">%s</span>'
        % (kinds.get(part, "broken" if len(part) == 1 else "idle"), html.escape(part))
        for part in parts
    ]
    classes = ("word" if len(parts) == 1 else "") + (" wrong" if wanted else "")
    text = " ".join(spans)
    if wanted:
        text += "<small>expected %s</small>" % html.escape(spaced(wanted))
    return '<td class="%s" title="%s">%s</td>' % (classes.strip(), html.escape(cell.why(), quote=True), text)


def render(tables, how, colour=False):
    """All tables in one of FORMATS."""
    if how == "text":
        return text(tables, colour)
    return {"tap": tap, "junit": junit, "json": as_json, "csv": as_csv, "html": as_html}[how](tables)
