"""What is done among the hosts of a laboratory: run programs, load rule sets, start daemons.

This runs inside labs/stage. Hosts are network namespaces with names under /run/netns, and
all that is written lies in /run/lab, which ends with the laboratory.
"""

import ctypes
import os
import re
import socket
import subprocess
import threading
import time

STATE = "/run/lab"
TRACE_TABLE = "epmlab_trace"
CLONE_NEWNET = 0x40000000

# Marks every TCP packet, before any rule of a rule set looks at it, so that nft tells what
# becomes of it. It decides nothing.
WATCH = """
table inet %s {
	chain prerouting {
		type filter hook prerouting priority raw - 50
		meta l4proto tcp meta nftrace set 1
	}
	chain output {
		type filter hook output priority raw - 50
		meta l4proto tcp meta nftrace set 1
	}
}
""" % TRACE_TABLE


class LabError(Exception):
    """The laboratory itself does not work: exit status 2."""


class RuleError(Exception):
    """A rule set that nft does not take. The text is nft's."""


def without_counts(rule):
    """A rule's text as it was written: nft shows what a counter has counted."""
    return re.sub(r"\bcounter packets \d+ bytes \d+", "counter", rule)


def wait_for(condition, seconds, what):
    """Wait until condition() is true; LabError with `what` at the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LabError("%s: not within %d s" % (what, seconds))
        time.sleep(0.02)


class Stage:
    """The hosts of one topology."""

    def __init__(self, topology):
        self.topology = topology
        self.daemons = {}
        self.rules = {}  # the text that is loaded, by host
        self.ports = None  # the server's range, "5001-5021"

    def command(self, host, argv):
        return ["nsenter", "--net=/run/netns/" + host, "--", *argv]

    def run(self, host, argv, **options):
        """Run a program in a host; its output is text."""
        return subprocess.run(
            self.command(host, argv), capture_output=True, text=True, errors="replace", **options
        )

    def start(self, host, name, argv):
        """Start a program that goes on; what it says goes to a file, whose name is returned."""
        log = os.path.join(STATE, name + ".log")
        with open(log, "w", encoding="utf-8") as out:
            process = subprocess.Popen(
                self.command(host, argv), stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        self.daemons[name] = (process, log)
        return log

    def socket(self, host, *kind):
        """A socket of ours in a host's network; of TCP, if no kind is given. A socket stays in the network of the thread
        that made it, so a thread goes there and ends."""
        made = []

        def make():
            with open("/run/netns/" + host, encoding="ascii") as namespace:
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) == 0:
                    made.append(socket.socket(*kind))

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if not made:
            raise LabError("cannot open a socket in " + host)
        return made[0]

    def alive(self, name):
        return name in self.daemons and self.daemons[name][0].poll() is None

    def log(self, name):
        with open(self.daemons[name][1], encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self, name, seconds=5):
        """End a program that was started; by force if it does not end in time."""
        process, _ = self.daemons.pop(name)
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    # ---- the server ------------------------------------------------------------------

    def start_server(self, *options, name="epmapd", services=None, ports=None):
        """Start epmapd in the server and wait until it has registered what it can."""
        self.ports = ports or "%d-%d" % self.topology.range
        argv = ["epmapd", "--range", self.ports, *options]
        if services is not None:
            argv += ["--services", ",".join(services)]
        self.start("server", name, argv)
        self._wait_for_daemon(name, lambda: "ready:" in self.log(name))

    def start_twin(self):
        """Start rpcbind in the server, and the service that registers there, in the same range."""
        self.start("server", "rpcbind", ["epmtwin", "--rpcbind", "-f"])
        # It listens there last of all.
        listens = r"(?m)^ *\d+: 0{32}:%04X .* 0A " % 111
        self._wait_for_daemon("rpcbind", lambda: re.search(listens, self.run("server", ["cat", "/proc/net/tcp6"]).stdout))
        self.start("server", "twin", ["epmtwin", "--range", self.ports])
        self._wait_for_daemon("twin", lambda: "ready:" in self.log("twin"))

    def _wait_for_daemon(self, name, ready):
        wait_for(lambda: ready() or not self.alive(name), 15, name)
        if not self.alive(name):
            raise LabError("%s did not start: %s" % (name, self.log(name).strip()))

    def set_range(self, ports):
        """Start the server anew if its range is another one."""
        if ports != self.ports:
            self.stop("epmapd")
            self.start_server(ports=ports)

    def port_of(self, service):
        """The port that a service said it took last, also if it is gone since."""
        found = []
        for _, log in self.daemons.values():
            with open(log, encoding="utf-8", errors="replace") as file:
                found += re.findall(r"service %s on port (\d+)" % re.escape(service), file.read())
        if not found:
            raise LabError("no service %s took a port" % service)
        return int(found[-1])

    # ---- rules -----------------------------------------------------------------------

    def load(self, place, text):
        """Replace the rule set of a place. RuleError: nft does not take it, and the former
        one stays."""
        host = self.topology.place(place)
        full = "flush ruleset\n%s\n%s" % (text, WATCH)
        done = self.run(host, ["nft", *self._defines(text), "-f", "-"], input=full)
        if done.returncode != 0:
            # Once more without what was put behind it, of which nft may have shown a line.
            raise RuleError(self.check(place, text) or _shift_lines(done.stderr.strip()))
        self.rules[host] = text

    def check(self, place, text):
        """What nft says of a rule set without loading it; empty if it is right."""
        host = self.topology.place(place)
        done = self.run(host, ["nft", *self._defines(text), "-c", "-f", "-"], input="flush ruleset\n" + text)
        return _shift_lines(done.stderr.strip()) if done.returncode != 0 else ""

    def unload(self, place):
        self.load(place, "")

    def _defines(self, text):
        """Options that tell nft the names of a text. Not every name is a value of nft."""
        defines = []
        for name, value in self.topology.variables().items():
            if re.search(r"\$%s\b" % name, text):
                defines += ["--define", "%s=%s" % (name, value)]
        return defines

    def handles(self, place):
        """The handle of each rule that is loaded: {(family, table, chain, text): handle}."""
        found = {}
        where = chain = None
        listing = self.run(self.topology.place(place), ["nft", "-a", "list", "ruleset"]).stdout
        for line in listing.splitlines():
            text, handle = re.match(r"(.*?)(?: # handle (\d+))?$", line.strip()).groups()
            head = re.match(r"(table|chain|map|set) ([\w-]+ )?([\w-]+) \{$", text)
            if head and head[1] == "table":
                where = (head[2].strip(), head[3])
            elif head:
                chain = head[3] if head[1] == "chain" else None
            elif handle and chain is not None:
                found[(*where, chain, without_counts(text))] = int(handle)
        return found


def _shift_lines(text):
    """nft counts the line that was put in front of the rule set."""
    return re.sub(
        r"/dev/stdin:(\d+):", lambda m: "line %d:" % max(int(m[1]) - 1, 1), text
    )
