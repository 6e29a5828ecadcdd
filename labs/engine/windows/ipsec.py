"""IPsec's static filters that block or permit (Windows 2000 to 2003), as a model that gives
rules for nft.

- They are stateless: each packet for itself, in each direction for itself. A mirrored filter
  is two, one each way.
- The most specific filter wins, wherever it stands. Windows weighs each filter when a policy
  is assigned; how is its own affair. Here a packet meets the filters in this order:

      1. addresses: the more bits both ends fix together, the sooner ("me" fixes 32, "any" 0)
      2. protocol: one protocol before any
      3. ports: two before one before none
      4. what is still equal: BLOCK before PASS, then as they were entered

- A policy has an effect only while it is assigned, and one policy can be assigned at a time.
- They know IPv4 only. What comes over IPv6 is not looked at.
"""

from . import nft

VERDICTS = {"BLOCK": "drop", "PASS": "accept"}

# Any address, and the server's own.
ANY, ME = "any", "me"


class End:
    """One end of a filter: address is ANY, ME or an IPv4Network; port is a number or None."""

    def __init__(self, address, port=None):
        self.address = address
        self.port = port

    @property
    def bits(self):
        if self.address in (ANY, ME):
            return 32 if self.address == ME else 0
        return self.address.prefixlen

    def covers(self, addresses):
        """Can the server itself be this end?"""
        return self.address in (ANY, ME) or any(each in self.address for each in addresses)

    def nft(self, where):
        if self.address in (ANY, ME):
            return []
        single = self.address.prefixlen == 32
        return [f"ip {where} {self.address.network_address if single else self.address}"]


class Filter:
    """A filter in one direction; verdict is BLOCK, PASS, or None for that of its rule."""

    def __init__(self, source, destination, protocol, mirrored, verdict, text):
        self.source = source
        self.destination = destination
        self.protocol = protocol
        self.mirrored = mirrored
        self.verdict = verdict
        self.text = text

    def both_ways(self):
        """(source, destination) for each direction that it has."""
        yield self.source, self.destination
        if self.mirrored:
            yield self.destination, self.source

    def weight(self):
        """What comes first when filters are sorted by it."""
        return (-(self.source.bits + self.destination.bits), self.protocol is None,
                -sum(end.port is not None for end in (self.source, self.destination)))


class Rule:
    """A rule of a policy: its filters, and BLOCK or PASS for them."""

    def __init__(self, name, filters, verdict, line):
        self.name = name
        self.filters = filters
        self.verdict = verdict
        self.line = line


class Policy:
    """A policy: its rules, by name in lower case."""

    def __init__(self, name):
        self.name = name
        self.rules = {}


def _match(source, destination, protocol):
    """A filter in one direction, as nft matches it."""
    parts = source.nft("saddr") + destination.nft("daddr")
    ports = [f"{protocol} {where} {end.port}"
             for where, end in (("sport", source), ("dport", destination)) if end.port is not None]
    if ports:
        return " ".join((parts or ["meta nfproto ipv4"]) + ports)
    if protocol:
        return " ".join(parts + [f"ip protocol {protocol}"])
    return " ".join(parts or ["meta nfproto ipv4"])


class Store:
    """The policies of a host, by name in lower case, and the one that is assigned, or None."""

    def __init__(self, addresses):
        self.addresses = [each for each in addresses if each.version == 4]
        self.policies = {}
        self.assigned = None

    def directed(self, policy):
        """(weight, direction, match, verdict, rule) for each filter and direction that packets
        of the server can have."""
        for rule in policy.rules.values():
            for each in rule.filters:
                verdict = each.verdict or rule.verdict
                weight = each.weight() + (verdict,)
                done = set()
                for source, destination in each.both_ways():
                    match = _match(source, destination, each.protocol)
                    for direction, here, there in (("in", destination, source),
                                                   ("out", source, destination)):
                        # A packet between the server and itself passes no filter.
                        if there.address == ME or not here.covers(self.addresses):
                            continue
                        if (direction, match) not in done:
                            done.add((direction, match))
                            yield weight, direction, match, verdict, rule

    def section(self):
        """What nft gets of it; None without a policy that is assigned."""
        if self.assigned is None or not self.assigned.rules:
            return None
        title = [f"IPsec policy {self.assigned.name}, assigned. Stateless; the most specific "
                 "filter comes first, and decides.", "IPv4 only."]
        found = sorted(self.directed(self.assigned), key=lambda each: each[0])
        rules = [(direction, nft.rule(match, VERDICTS[verdict], f"line {rule.line}: {rule.name}"))
                 for _, direction, match, verdict, rule in found]
        return nft.Section("ipsec", title, "filter - 10", rules)
