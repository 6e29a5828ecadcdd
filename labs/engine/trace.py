"""What nft itself says of the fate of packets: `nft monitor trace`, read while it runs.

A packet passes chains, and each rule that it meets is a line:

    trace id 5b1e6b49 inet filter forward packet: iif "inside" ... ip saddr 10.1.1.2 ...
    trace id 5b1e6b49 inet filter forward rule tcp dport 5001 drop (verdict drop)
    trace id 5b1e6b49 inet filter forward policy drop

An id may be used again, so that a packet is what its last `packet:` line says.

nft tells all this some time after it happened. So before one looks, a packet of our own goes
through the same place: when that is read, all is read that was before it.
"""

import re
import subprocess
import threading
import time

from engine.stage import TRACE_TABLE, LabError, wait_for, without_counts

_LINE = re.compile(r"trace id (\w+) (\w+) ([\w-]+) ([\w-]+) (packet:|rule|verdict|policy) ?(.*)")
_ADDRESSES = re.compile(r"\b(?:ip6?) saddr (\S+) ip6? daddr (\S+)")
_PORTS = re.compile(r"\btcp sport (\d+) tcp dport (\d+) tcp flags == (\S+)")
_VERDICT = re.compile(r"(.*) \(verdict ([\w-]+)(?: [\w-]+)?\)$")

# The packet of our own: from the place to itself, to a port where nobody listens.
MARK = ("127.0.0.1", "127.0.0.1")
MARK_PORT = 9


class Decision:
    """What took a packet: the rule's text, or the policy of a chain."""

    def __init__(self, place, family, table, chain, text, packet):
        self.place = place
        self.family = family
        self.table = table
        self.chain = chain
        self.text = text
        self.packet = packet
        self.handle = None
        self.when = time.monotonic()

    def __str__(self):
        handle = " (handle %d)" % self.handle if self.handle is not None else ""
        return 'rule "%s"%s' % (self.text, handle)

    def as_dict(self):
        return {
            "place": self.place,
            "family": self.family,
            "table": self.table,
            "chain": self.chain,
            "rule": self.text,
            "handle": self.handle,
        }


class Tracer:
    """Watches a place and keeps the packets that its rules did not let through."""

    def __init__(self, stage, place):
        self.stage = stage
        self.place = place
        self.drops = []
        self.lines = []  # as nft wrote them, but for the verdicts of what watches
        self._packets = {}
        self._opened = set()  # connections whose first packet was read: addresses and ports
        self._marks = set()  # ports of our own packets that were read
        self._handles = None  # of the rules that are loaded as long as this watches
        host = stage.topology.place(place)
        self._process = subprocess.Popen(
            stage.command(host, ["nft", "monitor", "trace"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self._wait_until_listening(host)

    def _wait_until_listening(self, host):
        """nft listens once it has a netlink socket in the multicast group of nf_tables."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise LabError("nft monitor trace does not run in " + host)
            if _has_netlink_group(self._process.pid):
                return
            time.sleep(0.01)
        raise LabError("nft monitor trace does not listen in " + host)

    def _read(self):
        for line in self._process.stdout:
            self.feed(line)

    def feed(self, line):
        """One line of the trace."""
        match = _LINE.match(line.strip())
        if not match:
            return
        number, family, table, chain, what, rest = match.groups()
        if table != TRACE_TABLE or what == "packet:":
            self.lines.append(line)
        if what == "packet:":
            packet = self._packets[number] = _packet(rest)
            if packet and packet[4] == "syn":
                self._opened.add(packet[:4])
            if packet and packet[:2] == MARK and packet[3] == MARK_PORT:
                self._marks.add(packet[2])
        if table == TRACE_TABLE:
            return
        packet = self._packets.get(number)
        if what == "policy" and rest.strip() == "drop" and packet:
            self.drops.append(Decision(self.place, family, table, chain, "policy drop", packet))
        elif what == "rule" and packet:
            verdict = _VERDICT.match(rest)
            if verdict and verdict[2] == "drop":
                rule = without_counts(verdict[1])
                self.drops.append(Decision(self.place, family, table, chain, rule, packet))

    def catch_up(self):
        """Wait until all is read that has happened by now."""
        with self.stage.socket(self.stage.topology.place(self.place)) as mark:
            mark.setblocking(False)
            mark.connect_ex((MARK[1], MARK_PORT))  # it does not matter what becomes of it
            port = mark.getsockname()[1]
            wait_for(lambda: port in self._marks, 20, "nft monitor trace at %s" % self.place)

    def stop(self):
        self._process.terminate()
        self._process.wait()
        self._thread.join()

    def find(self, source, server, port):
        """The first decision on packets between source and server's port, either way; None.

        A server goes on answering connections from before this watched, whose clients have
        given up. What a rule does to those is not what was asked."""
        for decision in self.drops:
            saddr, daddr, sport, dport, flags = decision.packet
            forth = (saddr, daddr, dport) == (source, server, port)
            back = (saddr, daddr, sport) == (server, source, port)
            if not forth and not back:
                continue
            opening = (saddr, daddr, sport, dport) if forth else (daddr, saddr, dport, sport)
            if _has_ack(flags) and opening not in self._opened:
                continue
            if self._handles is None:
                self._handles = self.stage.handles(self.place)
            key = (decision.family, decision.table, decision.chain, decision.text)
            decision.handle = self._handles.get(key)
            return decision
        return None


def _packet(text):
    """Addresses, ports and flags of a `packet:` line; None if it is no TCP."""
    addresses, ports = _ADDRESSES.search(text), _PORTS.search(text)
    if not addresses or not ports:
        return None
    return (addresses[1], addresses[2], int(ports[1]), int(ports[2]), ports[3])


def _has_ack(flags):
    """Is ACK among the flags? nft writes one flag by its name, and several as a number."""
    return flags == "ack" or (flags.startswith("0x") and int(flags, 16) & 0x10 != 0)


def _has_netlink_group(pid):
    """Does the process have a netfilter socket (protocol 12) that listens to groups?"""
    try:
        with open("/proc/%d/net/netlink" % pid, encoding="ascii") as table:
            for line in table.read().splitlines()[1:]:
                fields = line.split()
                if fields[1] == "12" and int(fields[3], 16) != 0:
                    return True
    except (OSError, IndexError, ValueError):
        pass
    return False
