"""The Windows Firewall (Windows Vista and later), as a model that gives rules for nft.

- It is stateful: the answers to what was let through pass, and so do errors about it.
- A rule that blocks beats any rule that allows, wherever it stands.
- What no rule matches follows the policy: inbound blocked, outbound allowed, unless changed.
- A change holds for connections that are there already: Windows asks its rules again. That is
  why answers are told by "ct direction reply", and not by "ct state established".
- What comes with Windows, and IPv6 does not live without, is allowed: Core Networking.
"""

from . import nft, spans

# Errors, multicast listeners and neighbour discovery.
CORE_ICMPV6 = "icmpv6 type { 1-4, 130-136, 143 }"

ACTIONS = {"allow": "accept", "block": "drop"}

DEFAULT_POLICY = {"in": "blockinbound", "out": "allowoutbound"}
POLICIES = {
    "in": ("blockinbound", "blockinboundalways", "allowinbound", "notconfigured"),
    "out": ("blockoutbound", "allowoutbound", "notconfigured"),
}


class Match:
    """What a rule matches: protocol ("tcp", "udp", "icmpv4", "icmpv6", a number, or None for
    any), icmp as (type, code), and intervals of ports and addresses, None for any."""

    def __init__(self, protocol, icmp, local_ports, remote_ports, local, remote):
        self.protocol = protocol
        self.icmp = icmp
        self.local_ports = local_ports
        self.remote_ports = remote_ports
        self.local = local
        self.remote = remote

    def versions(self):
        """The IP versions that can match."""
        result = {4, 6} - {"icmpv4": {6}, "icmpv6": {4}}.get(self.protocol, set())
        for addresses in (self.local, self.remote):
            if addresses is not None:
                result &= set(addresses)
        return sorted(result)

    def overlaps(self, other):
        """Is there a packet that both match?"""
        if self.protocol and other.protocol and self.protocol != other.protocol:
            return False
        if any(None not in pair and pair[0] != pair[1] for pair in zip(self.icmp, other.icmp)):
            return False
        if not (spans.overlap(self.local_ports, other.local_ports)
                and spans.overlap(self.remote_ports, other.remote_ports)):
            return False
        return any(_overlap_at(self.local, other.local, version)
                   and _overlap_at(self.remote, other.remote, version)
                   for version in set(self.versions()) & set(other.versions()))

    def nft(self, direction):
        """The matches for nft: one for both IP versions, unless an address stands in it."""
        if self.local is None and self.remote is None:
            return [self._nft(direction, None)]
        return [self._nft(direction, version) for version in self.versions()]

    def _nft(self, direction, version):
        family = "ip" if version == 4 else "ip6"
        source, destination = self.remote, self.local
        sport, dport = self.remote_ports, self.local_ports
        if direction == "out":
            source, destination, sport, dport = destination, source, dport, sport
        parts = []
        for where, addresses in (("saddr", source), ("daddr", destination)):
            if addresses is not None:
                text = spans.nft_addresses(version, addresses[version])
                parts.append(f"{family} {where} {text}")
        for where, ports in (("sport", sport), ("dport", dport)):
            if ports is not None:
                parts.append(f"{self.protocol} {where} {spans.nft_ports(ports)}")
        if sport is None and dport is None and self.protocol:
            parts.append(self._nft_protocol(version))
        return " ".join(parts)

    def _nft_protocol(self, version):
        if self.protocol in ("icmpv4", "icmpv6"):
            name = "icmp" if self.protocol == "icmpv4" else "icmpv6"
            kind, code = self.icmp
            if kind is not None:
                return f"{name} type {kind}" + ("" if code is None else f" {name} code {code}")
            family = "" if version else f"meta nfproto ipv{self.protocol[-1]} "
            return family + "meta l4proto " + ("icmp" if name == "icmp" else "ipv6-icmp")
        return f"meta l4proto {self.protocol}"


def _overlap_at(left, right, version):
    """Have two dicts of addresses anything in common, at one IP version?"""
    return spans.overlap(left if left is None else left[version],
                         right if right is None else right[version])


class Rule:
    """A rule: its fields as they were given, and the line it comes from. match is a function
    that makes a Match of the fields, for a range of dynamic ports that may change later."""

    def __init__(self, fields, match, line):
        self.fields = fields
        self.match = match
        self.line = line

    @property
    def name(self):
        return self.fields["name"]

    @property
    def direction(self):
        return self.fields["dir"]

    @property
    def action(self):
        return self.fields["action"]

    @property
    def enabled(self):
        return self.fields.get("enable", "yes") == "yes"


class Firewall:
    """The firewall of one host. It is no part of the picture (present is False) until a
    command speaks of it."""

    def __init__(self):
        self.present = False
        self.reset()

    def reset(self):
        """As Windows comes. origin is where a policy comes from."""
        self.on = True
        self.rules = []
        self.policy = dict(DEFAULT_POLICY)
        self.origin = {"in": "Windows' default", "out": "Windows' default"}

    def set_policy(self, direction, value, origin):
        if value == "notconfigured":
            value = DEFAULT_POLICY[direction]
        self.policy[direction] = value
        self.origin[direction] = origin

    def blocked_anyway(self, rule, ports):
        """The first rule that blocks some of what this one allows."""
        if rule.action != "allow" or not rule.enabled:
            return None
        match = rule.match(rule.fields, ports)
        for other in self.rules:
            if (other.action == "block" and other.enabled and other.direction == rule.direction
                    and match.overlaps(other.match(other.fields, ports))):
                return other
        return None

    def _rules(self, direction, action, ports):
        for rule in self.rules:
            if rule.enabled and rule.direction == direction and rule.action == action:
                for match in rule.match(rule.fields, ports).nft(direction):
                    yield nft.rule(match, ACTIONS[action], f"line {rule.line}: {rule.name}")

    def _chain(self, direction, ports):
        """The rules of one direction. Those that block come before all that allow."""
        policy = self.policy[direction]
        yield nft.rule("ct direction reply", "accept", "answers to what was let through")
        yield nft.rule("ct state related", "accept", "errors about what was let through")
        yield from self._rules(direction, "block", ports)
        yield nft.rule(CORE_ICMPV6, "accept", "Core Networking, a part of Windows")
        if policy != "blockinboundalways":
            yield from self._rules(direction, "allow", ports)
        yield nft.rule("", "accept" if policy.startswith("allow") else "drop",
                       f"{self.origin[direction]}: {policy}")

    def section(self, ports):
        """What nft gets of it, with this range of dynamic ports; None if that is nothing."""
        if not (self.present and self.on):
            return None
        title = ["The Windows Firewall. Stateful; a block beats an allow; what matches nothing "
                 "meets the policy:", f"{self.policy['in']}, {self.policy['out']}."]
        rules = [(direction, text) for direction in ("in", "out")
                 for text in self._chain(direction, ports)]
        return nft.Section("firewall", title, "filter", rules)
