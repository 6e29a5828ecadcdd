"""Expectations: the truth table as somebody wants it, read from text.

    rules: range-closed.nft at border          # optional; several tables need it
                | echo v1.0 | calc v1.2
    inside      | . . X -   | . . X -
    guest       | X - - -   | X - - -

or, a line for each source and service, or `*` for all of them:

    allow inside echo
    deny guest *

A cell may end with the cause that epmap is to give: `R - - - reset` is not the same sight as
`R - - - icmp-port-unreachable`.

`allow` means that all four steps are done; `deny` that one is not, however. What no line
names is not looked at, and so is a cell of a table that is `?` or empty.

A table may also be one of scans; see scan.py.
"""

import dataclasses
import re

from engine import scan
from engine.table import DONE, GLYPHS, STEPS, Service


class ExpectError(Exception):
    """A line that says nothing sensible; the text names it."""


@dataclasses.dataclass
class Expectation:
    rules: str = None  # the name of the rule set
    place: str = None
    options: dict = dataclasses.field(default_factory=dict)
    cells: dict = dataclasses.field(default_factory=dict)  # (source, label): glyphs
    lines: list = dataclasses.field(default_factory=list)  # (allow, source, service name)
    services: list = dataclasses.field(default_factory=list)
    sources: list = dataclasses.field(default_factory=list)

    @property
    def is_scan(self):
        return "scan" in self.options

    def wanted(self, source, service):
        """The glyphs for a cell; None: any. The string "deny": anything but all done."""
        glyphs = self.cells.get((source, service.label))
        for allow, which, what in self.lines:
            if which in ("*", source) and what in ("*", service.name, service.label):
                glyphs = service.done if allow else "deny"
        return glyphs


def fits(glyphs, wanted, cause=None):
    """Wanted are glyphs, with a cause behind a blank if that matters."""
    if wanted is None:
        return True
    if wanted == "deny":
        return glyphs[-1] != DONE
    steps, _, why = wanted.partition(" ")
    return glyphs == steps and why in ("", cause)


def parse(text, name="expectation"):
    """A list of Expectation, one for each table or block of lines."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0].rstrip()
        if not line.strip():
            continue
        try:
            _take(found, line)
        except ExpectError as error:
            raise ExpectError("%s:%d: %s" % (name, number, error)) from None
    return found


def _take(found, line):
    head = re.match(r"rules:\s*(\S+)(?:\s+at\s+(\w+))?(.*)", line)
    if head:
        options = dict(word.split("=", 1) for word in head[3].split() if "=" in word)
        found.append(Expectation(rules=head[1], place=head[2], options=options))
        return
    if not found:
        found.append(Expectation())
    now = found[-1]
    words = line.split()
    if words[0] in ("allow", "deny") and not now.is_scan:
        if len(words) < 3:
            raise ExpectError("'%s' needs a source and a service: allow inside echo" % words[0])
        now.lines.append((words[0] == "allow", words[1], " ".join(words[2:])))
        return
    if "|" not in line:
        raise ExpectError("neither a row of a table (source | . . X -) nor allow or deny: '%s'" % line.strip())
    # A bar without a blank before it is part of a state: open|filtered.
    columns = [column.strip() for column in re.split(r"(?:^|(?<=\s))\|(?=\s|$)" if now.is_scan else r"\|", line)]
    if not columns[0]:
        now.services = [Service.parse(column) for column in columns[1:] if column]
        return
    if not now.services:
        raise ExpectError("a row before the line that names the services")
    _take_row(now, columns)


def _take_row(now, columns):
    source, cells = columns[0], columns[1:]
    if len(cells) > len(now.services):
        raise ExpectError("%s has %d cells for %d services" % (source, len(cells), len(now.services)))
    if now.is_scan and source not in scan.KINDS:
        raise ExpectError("'%s' is no kind of scan; there are %s" % (source, ", ".join(scan.KINDS)))
    now.sources.append(source)
    for service, cell in zip(now.services, cells):
        steps, cause = re.match(r"(.*?)((?<=\s)[a-z-]{4,}|)$", cell).groups()
        glyphs = "".join(steps.split())
        if glyphs in ("", "?"):
            continue
        if now.is_scan:
            _check_scan(service, cell)
        elif len(glyphs) != len(STEPS) or set(glyphs) - set(GLYPHS):
            raise ExpectError("'%s' is not four of %s" % (cell, " ".join(GLYPHS)))
        now.cells[source, service.label] = (glyphs + " " + cause).strip()


def _check_scan(port, state):
    if not port.name.isdigit():
        raise ExpectError("the columns of a table of scans are ports, not '%s'" % port.name)
    if state not in scan.STATES:
        raise ExpectError("'%s' is no state of a port; there are %s" % (state, ", ".join(scan.STATES)))
