"""What `epmlab matrix` printed, a file each format in the folder that is named: two rule sets with
two cells each, of which the first has both wrong."""

import csv
import html.parser
import json
import re
import sys
import xml.etree.ElementTree


def read(how):
    with open("%s/out.%s" % (sys.argv[1], how), encoding="utf-8", newline="") as file:
        return file.read()


class Nesting(html.parser.HTMLParser):
    """Does every end belong to a beginning?"""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        begun = self.open.pop()
        assert begun == tag, "</%s> ends <%s>" % (tag, begun)


cells = json.loads(read("json"))
assert [cell["right"] for cell in cells] == [False, False, True, True], cells
assert cells[2]["steps"] == "..X-" and "drop" in cells[2]["decided_by"]["rule"], cells[2]

tap = read("tap").splitlines()
assert tap[:2] == ["TAP version 13", "1..4"], tap
tests = [line for line in tap[2:] if not line.startswith("#")]
results = [re.match(r"(not ok|ok) (\d+) - ", line).groups() for line in tests]
assert results == [("not ok", "1"), ("not ok", "2"), ("ok", "3"), ("ok", "4")], tap

suites = xml.etree.ElementTree.fromstring(read("junit")).findall("testsuite")
assert [suite.get("failures") for suite in suites] == ["2", "0"]
assert [len(suite.findall("testcase")) for suite in suites] == [2, 2]
assert len(suites[0].findall("testcase/failure")) == 2

rows = list(csv.DictReader(read("csv").splitlines()))
assert len(rows) == 4
for row, cell in zip(rows, cells):
    assert None not in row and None not in row.values(), row
    for name in ("rules", "source", "service", "steps", "expected", "cause", "endpoint"):
        assert row[name] == (cell[name] or ""), (name, row, cell)

page = read("html")
assert not re.search(r"(?:src|href|url|@import)\s*[=(]|https?:|<script|<link", page), page
nesting = Nesting()
nesting.feed(page)
assert not nesting.open and page.count("<td") == 4, page
