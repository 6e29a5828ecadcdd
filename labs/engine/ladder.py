"""One exchange as a ladder: epmscope listens on both sides of the rules while a client tries.

Nothing is drawn before all is there: epmscope has said that it listens before the client
begins; the client's connections are over before it is told to end; and what nft says of
the packets is read up to a packet of our own (trace.py).
"""

import os
import shutil
import signal
import subprocess
import time

from engine.stage import STATE, LabError
from engine.table import Prober, Service
from engine.trace import Tracer

# A client's patience. A SYN that was lost is sent again after a second, and that is to be seen.
PATIENCE = 1.2
# How long a connection may take to end once its client has gone. Some never do.
FAREWELL = 0.3
# Of /proc/net/tcp: SYN_SENT, FIN_WAIT1, FIN_WAIT2, LAST_ACK, CLOSING: something is to come.
ENDING = ("02", "04", "05", "09", "0B")

# Which hosts the packets of a source pass in the full topology, with the devices before and
# behind each. Those of the others pass the core only.
_WAYS = {
    "outside": [("border", "outside", "core0"), ("core", "core0", "server")],
    "branch": [("brouter", "branch", "wan0"), ("border", "wan0", "core0"), ("core", "core0", "server")],
}


def sides(topology, place, source):
    """The host to listen in, and its devices before and behind the rules. Where the source's
    packets do not pass the place, it is the last router on their way."""
    host, source = topology.place(place), source.removesuffix("6")
    if host == "server":
        return host, ["eth0"]
    if topology.kind == "small":
        return "border", [source, "server"]
    way = _WAYS.get(source, [("core", source, "server")])
    found = next((each for each in way if each[0] == host), way[-1])
    return found[0], list(found[1:])


def choose(scene, place, tables):
    """(place, source, service) of the exchange that says most of a scene: what lab.ini says,
    or the first cell that broke, or else the first. None: there is nothing to draw."""
    if scene.ladder == "no":
        return None
    if scene.ladder:
        exchange, _, at = scene.ladder.partition(" at ")
        source, _, service = exchange.partition(" ")
        return at.strip() or place, source, Service.parse(service)
    cells = [row[0] for table in tables if not table.expectation.is_scan for row in table.rows()]
    cell = next((each for each in cells if each.broken_step), cells[0] if cells else None)
    return (place, cell.source, cell.service) if cell else None


def draw(stage, place, source, service, how=()):
    """The ladder of one exchange, as epmscope draws it; `how` are options of it."""
    if shutil.which("epmscope") is None:
        raise LabError("epmscope is not installed, which draws the ladders")
    host, devices = sides(stage.topology, place, source)
    argv = ["epmscope", "--new", *how, *_names(stage.topology, host)]
    for device in devices:
        argv += ["-i", device]
    if service.direct:
        argv += ["--service", "%d" % stage.port_of(service.name)]
    tracer = Tracer(stage, host) if stage.rules.get(host) else None
    try:
        if tracer:
            argv += ["--trace", _path("trace"), "--rules", _path("rules")]
            _write("rules", stage.run(host, ["nft", "-a", "list", "ruleset"]).stdout)
        scope = _listen(stage, host, argv)
        try:
            Prober(stage, PATIENCE).probe(source, service)
            _wait_for_the_end(stage, source)
            if tracer:
                tracer.catch_up()
                tracer.stop()
                _write("trace", "".join(tracer.lines))
            scope.send_signal(signal.SIGINT)
            said, complaint = scope.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            raise LabError("epmscope does not end") from None
        finally:
            scope.kill()
            scope.wait()
    finally:
        if tracer:
            tracer.stop()
    if scope.returncode != 0:
        complaint = complaint.strip() or "epmscope ended with %d" % scope.returncode
        raise LabError("no ladder of %s and %s: %s" % (source, service.label, complaint))
    return said


def _path(name):
    return os.path.join(STATE, "ladder." + name)


def _write(name, text):
    with open(_path(name), "w", encoding="utf-8") as file:
        file.write(text)


def _names(topology, host):
    """What the addresses are called, and the host with the rules."""
    argv = ["--name", "firewall=%s" % ("its rules" if host == "server" else host)]
    for name in topology.shape["clients"]:
        six = name if name == "server" else name + "6"
        argv += ["--name", "%s=%s" % (topology.address(name), name)]
        argv += ["--name", "%s=%s" % (topology.address6(name), six)]
    return argv


def _listen(stage, host, argv):
    """epmscope, once it has said that it listens."""
    scope = subprocess.Popen(
        stage.command(host, argv),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    first = scope.stderr.readline()
    if "listening" not in first:
        scope.kill()
        raise LabError("no ladder: " + (first + scope.communicate()[1]).strip())
    return scope


def _wait_for_the_end(stage, source):
    """Until the source's connections to the server are over: the last packets come when the
    client has gone. Where a rule takes those, or a service hangs, they never come."""
    host = source.removesuffix("6")
    deadline = time.monotonic() + FAREWELL
    while time.monotonic() < deadline:
        states = stage.run(host, ["cat", "/proc/net/tcp", "/proc/net/tcp6"]).stdout.splitlines()
        if not any(line.split()[3] in ENDING for line in states):
            return
        time.sleep(0.02)
