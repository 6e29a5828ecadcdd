"""The truth table: sources x services, and for each cell how far the two steps went.

A cell has four glyphs: E connect to the mapper, M map, D connect to the mapped port,
C bind and call.

    .  done      X  silence         R  refused (RST or ICMP)     n  not registered
    -  not reached                  a  access denied             !  fault or protocol error

A service may also be called directly, "echo direct": by a client that knows the port from
elsewhere, asks no mapper and has only D and C to do (- - . .). What it calls is the service's
management interface, which says which interfaces are there.

"twin v1" is a program of ONC RPC: its mapper is rpcbind, and C is the call of procedure 0.
"""

import concurrent.futures
import dataclasses
import json
import time

from engine.stage import LabError

STEPS = "EMDC"
DONE, SILENCE, REFUSED, UNREGISTERED, DENIED, BROKEN, UNREACHED = ".XRna!-"
GLYPHS = DONE + SILENCE + REFUSED + UNREGISTERED + DENIED + BROKEN + UNREACHED

# The step of epmap's JSON that each glyph stands for.
_STEP = {
    "resolve": 0,
    "connect-mapper": 0,
    "bind-mapper": 0,
    "map": 1,
    "connect-service": 2,
    "bind-service": 3,
    "call": 3,
    "done": 4,
}
_CAUSE = {
    "timeout": SILENCE,
    "reset": REFUSED,
    "unreachable": REFUSED,
    "not-registered": UNREGISTERED,
    "access-denied": DENIED,
}

# An operation of each service that changes nothing, for the last step.
CALLS = {
    "echo": ["AddOne", "1"],
    "calc": ["Add", "1", "2"],
    "clock": ["Now"],
    "print": ["ListJobs"],
    "share": ["ListFiles"],
    "logon": ["WhoAmI"],
}

# What is asked for in ONC RPC; and where each kind of mapper is.
PROGRAMS = ("twin",)
MAPPER_PORT, RPCBIND_PORT = 135, 111

PARALLEL = 24


@dataclasses.dataclass(frozen=True)
class Service:
    """An interface as a student writes it: "echo v1.0", "echo direct"; `iface` is for epmap."""

    name: str
    version: str = None
    direct: bool = False

    @property
    def label(self):
        return self.name + (" v" + self.version if self.version else "") + (" direct" if self.direct else "")

    @property
    def done(self):
        """The glyphs when all has been done that there is to do."""
        return UNREACHED * 2 + DONE * 2 if self.direct else DONE * len(STEPS)

    @property
    def iface(self):
        return self.name + ("," + self.version if self.version else "")

    @property
    def is_program(self):
        return self.name in PROGRAMS

    @property
    def mapper_port(self):
        return RPCBIND_PORT if self.is_program else MAPPER_PORT

    @classmethod
    def parse(cls, text):
        text, direct, _ = text.strip().partition(" direct")
        name, _, version = text.partition(" v")
        return cls(name.strip(), version.strip() or None, bool(direct))


@dataclasses.dataclass
class Cell:
    source: str
    service: Service
    glyphs: str
    result: dict  # what epmap said
    decision: object = None  # trace.Decision: the rule that took a packet
    flaky: bool = False  # another try gave another answer

    @property
    def broken_step(self):
        """E, M, D or C; None if all are done."""
        for step, glyph in zip(STEPS, self.glyphs):
            if glyph not in (DONE, UNREACHED):
                return step
        return None

    @property
    def good(self):
        return self.glyphs == self.service.done

    @property
    def shown(self):
        """As tables show it."""
        return " ".join(self.glyphs)

    def why(self):
        """One line: cause, Windows' code, and the rule if one is known."""
        if self.broken_step is None:
            return "done"
        parts = []
        if self.decision is not None:
            parts.append("%s at %s" % (self.decision, self.decision.place))
        parts.append(self.result.get("cause", "?"))
        if self.result.get("offender"):
            parts.append("from " + self.result["offender"])
        if self.result.get("win32"):
            parts.append("Win32 %d" % self.result["win32"])
        return ", ".join(parts)

    def difference(self, wanted):
        """One line: which step differs from the wanted glyphs, how, and by which rule."""
        if wanted == "deny":
            text = "%s/%s is reached, which was to be denied" % (self.source, self.service.label)
        else:
            pairs = list(zip(STEPS, wanted, self.glyphs))
            cause = (self.broken_step, wanted.partition(" ")[2], self.result.get("cause"))
            differs = next((each for each in pairs if each[1] != each[2]), cause)
            text = "%s/%s %s expected '%s', got '%s'" % (self.source, self.service.label, *differs)
        return text + ": " + self.why() if self.broken_step is not None else text


def glyphs_of(result):
    """The four glyphs of one object of epmap's JSON."""
    reached = _STEP.get(result.get("step"))
    if reached is None:
        raise LabError("epmap named no step: %s" % json.dumps(result))
    if reached == len(STEPS):
        return DONE * len(STEPS)
    cause = result.get("cause", "")
    glyph = REFUSED if cause.startswith("icmp-") else _CAUSE.get(cause, BROKEN)
    return DONE * reached + glyph + UNREACHED * (len(STEPS) - reached - 1)


class Prober:
    """Fills the table by probing from each source, many at once."""

    def __init__(self, stage, timeout=1.0, retries=1):
        self.stage = stage
        self.timeout = timeout
        self.retries = retries

    def server_address(self, source):
        topology = self.stage.topology
        return topology.address6("server") if source.endswith("6") else topology.address("server")

    def source_address(self, source):
        topology = self.stage.topology
        return topology.address6(source[:-1]) if source.endswith("6") else topology.address(source)

    def _epmap(self, source, verb, *rest, port=None):
        host = source[:-1] if source.endswith("6") else source
        server = self.server_address(source)
        if port is not None:
            server = "%s:%d" % ("[%s]" % server if ":" in server else server, port)
        argv = ["epmap", verb, "--json", "--timeout", "%g" % self.timeout, server, *rest]
        done = self.stage.run(host, argv)
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            raise LabError("%s: %s" % (" ".join(argv), done.stderr.strip() or "no JSON")) from None
        return answer[0] if isinstance(answer, list) else answer

    def probe(self, source, service):
        """One cell, without a second look. A call says of both steps what a probe says, too."""
        if service.direct:
            return self._probe_directly(source, service)
        if service.is_program:
            result = self._epmap(source, "probe", service.iface, "--proto", "oncrpc")
        elif service.name in CALLS:
            result = self._epmap(source, "call", service.iface, *CALLS[service.name])
        else:
            result = self._epmap(source, "probe", service.iface)
        return Cell(source, service, glyphs_of(result), result)

    def _probe_directly(self, source, service):
        port = self.stage.port_of(service.name)
        result = self._epmap(source, "mgmt", "ids", port=port)
        result["endpoint"] = "ncacn_ip_tcp:%s[%d]" % (self.server_address(source), port)
        there = [each.get("interface") for each in result.get("result") or []]
        if result["step"] == "done" and service.name not in there:
            result.update(step="call", cause="bind-rejected")  # the port is another service's
        return Cell(source, service, UNREACHED * 2 + glyphs_of(result)[2:], result)

    def fill(self, sources, services, tracers=(), expected=None):
        """All cells: {(source, service label): Cell}. What differs from `expected` (the same
        keys, glyphs) is tried again, so that chance is told from error."""
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            found = list(pool.map(lambda pair: self.probe(*pair), [(a, b) for a in sources for b in services]))
            found = list(pool.map(lambda cell: self._look_again(cell, expected or {}), found))
        cells = {(cell.source, cell.service.label): cell for cell in found}
        if any(cell.broken_step for cell in cells.values()):
            for tracer in tracers:
                tracer.catch_up()
        for cell in cells.values():
            self._name_rule(cell, tracers)
        self.seconds = time.monotonic() - began
        return cells

    def _look_again(self, cell, expected):
        wanted = expected.get((cell.source, cell.service.label), cell.glyphs)
        for _ in range(self.retries):
            if cell.glyphs == wanted.partition(" ")[0]:
                break
            again = self.probe(cell.source, cell.service)
            again.flaky = cell.flaky or again.glyphs != cell.glyphs
            cell = again
        return cell

    def _name_rule(self, cell, tracers):
        """The rule that took the packets of the step that broke."""
        step = cell.broken_step
        if step is None or cell.glyphs[STEPS.index(step)] not in SILENCE + REFUSED + BROKEN:
            return
        port = cell.service.mapper_port if step in "EM" else _port(cell.result.get("endpoint"))
        if port is None:
            return
        source, server = self.source_address(cell.source), self.server_address(cell.source)
        for tracer in tracers:
            cell.decision = tracer.find(source, server, port)
            if cell.decision is not None:
                return


def _port(endpoint):
    """The port in ncacn_ip_tcp:10.2.2.2[5001] or oncrpc:10.2.2.2[5001]; None without."""
    if not endpoint or not endpoint.endswith("]"):
        return None
    digits = endpoint[endpoint.rindex("[") + 1 : -1]
    return int(digits) if digits.isdigit() else None
