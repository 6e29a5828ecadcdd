"""One exchange as a ladder: epmscope listens on both sides of the firewall."""

import os
import shutil
import subprocess
import time

from engine.stage import STATE, LabError, wait_for


def sides(topology, place, source):
    """The host to listen in, and its devices before and behind the rules."""
    if place == "server":
        return "server", ["eth0"]
    if topology.kind == "small":
        return "border", [source, "server"]
    if place == "branch":
        return "brouter", ["branch", "wan0"]
    before = {"outside": "outside", "branch": "wan0"}.get(source)
    return ("border", [before, "core0"]) if before else ("core", [source, "server"])


def draw(stage, place, source, service, timeout=1.0, how=()):
    """The ladder of one probe, as epmscope draws it."""
    if shutil.which("epmscope") is None:
        raise LabError("epmscope is not installed, which draws the ladders")
    topology = stage.topology
    host, devices = sides(topology, place, source)
    trace = os.path.join(STATE, "ladder.trace")
    rules = os.path.join(STATE, "ladder.rules")
    with open(rules, "w", encoding="utf-8") as file:
        file.write(stage.run(host, ["nft", "-a", "list", "ruleset"]).stdout)
    with open(trace, "w", encoding="utf-8") as file:
        tracer = subprocess.Popen(stage.command(host, ["nft", "monitor", "trace"]), stdout=file)
    argv = ["epmscope", "--trace", trace, "--rules", rules, *how]
    for name in topology.hosts():
        if name in topology.nets:
            argv += ["--name", "%s=%s" % (topology.address(name), name)]
    for device in devices:
        argv += ["-i", device]
    scope = subprocess.Popen(
        stage.command(host, argv), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        _wait_until_listening(scope)
        stage.run(source, ["epmap", "probe", "--timeout", "%g" % timeout, topology.address("server"), service])
        time.sleep(0.2)  # the last packets are on their way through the kernel
        scope.terminate()
        said, complaint = scope.communicate(timeout=10)
    finally:
        scope.kill()
        tracer.terminate()
        tracer.wait()
    if scope.returncode not in (0, 2):
        raise LabError("epmscope: " + complaint.strip())
    return said


def _wait_until_listening(scope):
    """Until it has a packet socket (/proc/PID/net/packet lists them)."""

    def listens():
        if scope.poll() is not None:
            raise LabError("epmscope: " + scope.stderr.read().strip())
        with open("/proc/%d/net/packet" % scope.pid, encoding="ascii") as table:
            return len(table.read().splitlines()) > 1

    wait_for(listens, 5, "epmscope to listen")
