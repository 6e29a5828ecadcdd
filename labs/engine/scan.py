"""What a port scanner sees of the server: kinds of scan x ports, and a state in each cell.

The scanner is nmap, and the states are those of its XML: open, closed, filtered, unfiltered,
open|filtered, closed|filtered. A table of scans stands in the files `expect` and `check` like a
truth table; scan= names the host that scans, with a 6 behind it over IPv6:

    rules: range-dropped at border scan=outside
                | 135           | $FIRST        | 445
    syn         | open          | filtered      | filtered
    udp         | open|filtered | open|filtered | open|filtered

A column is a port of TCP, or of UDP in the row udp. A bar that parts columns has a blank on
either side, or ends the line.
"""

import concurrent.futures
import dataclasses
import shutil
import time
import xml.etree.ElementTree

from engine.stage import LabError
from engine.table import Service

# What each kind of scan is called here, and by nmap.
KINDS = {
    "syn": "-sS",
    "connect": "-sT",
    "fin": "-sF",
    "null": "-sN",
    "xmas": "-sX",
    "ack": "-sA",
    "udp": "-sU",
}

STATES = ("open", "closed", "filtered", "unfiltered", "open|filtered", "closed|filtered")

# No ping, no names, and no patience. The second look has more of it: on a busy machine an
# answer may come too late for the first.
_NMAP = ["nmap", "-n", "-Pn", "--send-ip", "-oX", "-"]
_FIRST_LOOK = ["-T5", "--max-retries", "1"]
_SECOND_LOOK = ["-T4", "--max-retries", "2", "--initial-rtt-timeout", "1000ms"]


@dataclasses.dataclass
class ScanCell:
    """One port as one kind of scan sees it; output.py takes it like a table.Cell."""

    source: str  # the kind of scan
    service: Service  # the port, as the table calls it
    glyphs: str  # nmap's word for its state
    result: dict  # why nmap says so
    decision: object = None
    flaky: bool = False

    @property
    def shown(self):
        return self.glyphs

    @property
    def good(self):
        return self.glyphs == "open"

    def why(self):
        return "%s, %s" % (self.glyphs, self.result["cause"])

    def difference(self, wanted):
        return "%s/%s expected '%s', got '%s': %s" % (
            self.source,
            self.service.label,
            wanted,
            self.glyphs,
            self.result["cause"],
        )


def parse_xml(text):
    """{port: (state, reason)} of nmap's XML."""
    found = {}
    for port in xml.etree.ElementTree.fromstring(text).iter("port"):
        state = port.find("state")
        reason = state.get("reason", "?")
        if state.get("reason_ttl", "0") != "0":
            reason += " ttl " + state.get("reason_ttl")
        if state.get("reason_ip"):
            reason += " from " + state.get("reason_ip")
        found[port.get("portid")] = (state.get("state"), reason)
    return found


class Scanner:
    """Scans the server from one source, with a 6 behind it over IPv6."""

    def __init__(self, stage, source):
        if shutil.which("nmap") is None:
            raise LabError(
                "nmap is not installed, which the scans of this lab need\n"
                "    How to go on: sudo apt-get install nmap (Debian, Ubuntu), or install nmap in another way"
            )
        self.stage = stage
        self.six = source.endswith("6")
        self.host = source[:-1] if self.six else source

    def scan(self, kind, ports, look):
        """One row: {port: (state, reason)}."""
        topology = self.stage.topology
        server = topology.address6("server") if self.six else topology.address("server")
        argv = [*_NMAP, *look, KINDS[kind], "-p", ",".join(ports), *(["-6"] if self.six else []), server]
        done = self.stage.run(self.host, argv)
        try:
            found = parse_xml(done.stdout)
            return {port: found[port] for port in ports}
        except (xml.etree.ElementTree.ParseError, KeyError):
            raise LabError("%s: %s" % (" ".join(argv), done.stderr.strip() or "told of no port")) from None


def fill(stage, expectation):
    """The cells of all scans that an expectation names, as table.Prober gives them, and the
    seconds that it took. A row that differs is scanned again, so that chance is told from error."""
    began = time.monotonic()
    scanner = Scanner(stage, expectation.options["scan"])
    ports = [service.name for service in expectation.services]
    kinds = expectation.sources
    with concurrent.futures.ThreadPoolExecutor(len(KINDS)) as pool:
        rows = list(pool.map(lambda kind: scanner.scan(kind, ports, _FIRST_LOOK), kinds))
    cells = {}
    for kind, first in zip(kinds, rows):
        wanted = {service.name: expectation.wanted(kind, service) for service in expectation.services}
        row = first
        if any(wanted[port] not in (None, first[port][0]) for port in ports):
            row = scanner.scan(kind, ports, _SECOND_LOOK)
        for service in expectation.services:
            state, reason = row[service.name]
            cell = ScanCell(kind, service, state, {"cause": reason})
            cell.flaky = state != first[service.name][0]
            cells[kind, service.label] = cell
    return cells, time.monotonic() - began


def reasons(cells):
    """By which answers nmap came to each state, a line each."""
    found = {}
    for cell in cells.values():
        found.setdefault(cell.glyphs, set()).add(cell.result["cause"])
    return ["%s: %s" % (state, ", ".join(sorted(why))) for state, why in sorted(found.items())]


def table(stage, title, expectation):
    """What the scans of an expectation see of the server, as a table."""
    from engine.output import Table  # which imports expect, which imports this

    cells, seconds = fill(stage, expectation)
    title += ", scanned from " + expectation.options["scan"]
    found = Table(title, expectation.sources, expectation.services, cells, expectation, seconds)
    found.notes = reasons(cells)
    return found
