"""Rule sets made from a seed, and what each must do, worked out without loading it.

A rule set is a few chains of rules at the border or at the server. A client's exchange is a
row of packets. The first rule that matches a packet decides; what the client then sees
follows from which packet it was. Nothing here looks at nft or at a result.
"""

import collections
import dataclasses
import random

MAPPER = (135, 135)
CLIENT = (32768, 49151)  # the lab pins all clients' own ports there (LAB_SYSCTLS)
SERVICES = ("echo v1.0", "calc v1.2", "print v1.0")  # in this order from the first port of the range
CLIENTS = ("inside", "guest", "outside")

# What a verdict of nft says to the client: what epmap calls it over IPv4, and over IPv6.
REFUSALS = {
    "drop": ("timeout", "timeout"),
    "reject with tcp reset": ("reset", "reset"),
    "reject with icmpx port-unreachable": ("icmp-port-unreachable", "icmp-port-unreachable"),
    "reject with icmpx admin-prohibited": ("icmp-admin-prohibited", "icmp-admin-prohibited"),
    "reject with icmpx no-route": ("icmp-net-unreachable", "icmp-no-route"),
    "reject with icmpx host-unreachable": ("icmp-host-unreachable", "icmp-addr-unreachable"),
    "reject with icmp net-unreachable": ("icmp-net-unreachable", None),
    "reject with icmp host-unreachable": ("icmp-host-unreachable", None),
    "reject with icmp prot-unreachable": ("icmp-prot-unreachable", None),
    "reject with icmp port-unreachable": ("icmp-port-unreachable", None),
    "reject with icmp net-prohibited": ("icmp-net-prohibited", None),
    "reject with icmp host-prohibited": ("icmp-host-prohibited", None),
    "reject with icmp admin-prohibited": ("icmp-admin-prohibited", None),
    "reject with icmpv6 no-route": (None, "icmp-no-route"),
    "reject with icmpv6 admin-prohibited": (None, "icmp-admin-prohibited"),
    "reject with icmpv6 addr-unreachable": (None, "icmp-addr-unreachable"),
    "reject with icmpv6 port-unreachable": (None, "icmp-port-unreachable"),
}


# ---- packets and rules -------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Packet:
    family: int  # 4 or 6
    source: str
    target: str
    sport: tuple  # first and last of the ports that it may have
    dport: tuple
    syn: bool
    ack: bool

    @property
    def new(self):
        return self.syn and not self.ack


def inside_of(ports, ranges):
    """Do the ports lie in one of the ranges? It may not depend on which of them is taken."""
    for first, last in ranges:
        if first <= ports[0] and ports[1] <= last:
            return True
        if ports[0] <= last and first <= ports[1]:
            raise ValueError("%s-%s cuts the ports %s-%s" % (first, last, *ports))
    return False


def is_host(host, wanted):
    """Is it the host, or for "!inside" any but that?"""
    return host != wanted[1:] if wanted.startswith("!") else host == wanted


@dataclasses.dataclass(frozen=True)
class Rule:
    verdict: str
    where: str = "dport"  # which of the two ports it looks at
    ports: tuple = ()
    family: int = 0  # 0: both
    saddr: str = ""  # a client, the server, or "!inside"
    daddr: str = ""
    opening: bool = False  # only packets that open a connection, by their flags
    state: str = ""  # "new" or "established,related", by the list of connections

    def matches(self, packet):
        if self.family and packet.family != self.family:
            return False
        if self.saddr and not is_host(packet.source, self.saddr):
            return False
        if self.daddr and not is_host(packet.target, self.daddr):
            return False
        if (self.opening or self.state == "new") and not packet.new:
            return False
        if self.state == "established,related" and packet.new:
            return False
        return not self.ports or inside_of(getattr(packet, self.where), self.ports)

    def text(self, topology):
        """The rule as nft writes it."""
        parts = []
        if self.state:
            parts.append("ct state " + self.state)
        if self.opening:
            parts.append("tcp flags & (syn | ack) == syn")
        if self.family and not self.saddr and not self.daddr:
            parts.append("meta nfproto ipv%d" % self.family)
        for what in ("saddr", "daddr"):
            if getattr(self, what):
                parts.append(self._net(topology, what, getattr(self, what)))
        if self.ports:
            parts.append("tcp %s %s" % (self.where, port_text(self.ports)))
        return " ".join(parts + [self.verdict])

    def _net(self, topology, what, name):
        subnet = topology.subnet if self.family == 4 else topology.subnet6
        word = "ip" if self.family == 4 else "ip6"
        return "%s %s %s%s" % (word, what, "!= " if name.startswith("!") else "", subnet(name.lstrip("!")))


def port_text(ranges):
    each = [str(first) if first == last else "%d-%d" % (first, last) for first, last in ranges]
    return each[0] if len(each) == 1 else "{ %s }" % ", ".join(each)


@dataclasses.dataclass(frozen=True)
class RuleSet:
    place: str
    chains: tuple  # (hook, policy, rules)

    def text(self, topology):
        out = ["table inet fifty {"]
        for hook, policy, rules in self.chains:
            out.append("\tchain %s {" % hook)
            out.append("\t\ttype filter hook %s priority filter; policy %s;" % (hook, policy))
            if policy == "drop":  # hosts find each other over IPv6 by this
                out.append("\t\tmeta l4proto icmpv6 accept")
            out += ["\t\t" + rule.text(topology) for rule in rules]
            out.append("\t}")
        return "\n".join(out + ["}"]) + "\n"

    def decide(self, packet):
        """Verdict and rule; the rule is None for a chain's policy."""
        if self.place == "border":
            hook = "forward"
        else:
            hook = "input" if packet.target == "server" else "output"
        for each, policy, rules in self.chains:
            if each != hook:
                continue
            for rule in rules:
                if rule.matches(packet):
                    if rule.verdict != "accept":
                        return rule.verdict, rule
                    break
            else:
                if policy == "drop":
                    return "drop", None
        return "accept", None

    def inverted(self, culprit):
        """The same with one rule the wrong way round; None: the policies."""
        chains = []
        for hook, policy, rules in self.chains:
            if culprit is None:
                policy = "accept"
            flipped = tuple(dataclasses.replace(r, verdict="accept") if r == culprit else r for r in rules)
            chains.append((hook, policy, flipped))
        return RuleSet(self.place, tuple(chains))


# ---- what a client sees ------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Outcome:
    glyphs: str
    cause: str = "ok"
    offender: str = None  # host name; "border" is its address towards the client
    broken: bool = False
    rule: Rule = None  # what decided; None with broken: a policy

    def decider(self, topology):
        if not self.broken:
            return None
        return self.rule.text(topology) if self.rule else "policy drop"


def exchange(source, family, port):
    """The packets of a connection, as far as rules can tell them apart."""
    forth = (family, source, "server", CLIENT, (port, port))
    back = (family, "server", source, (port, port), CLIENT)
    return [
        Packet(*forth, syn=True, ack=False),
        Packet(*back, syn=True, ack=True),
        Packet(*forth, syn=False, ack=True),
        Packet(*back, syn=False, ack=True),
    ]


def outcome(rules, source, family, port):
    """The four glyphs of a client's two connections, and why."""
    for reached, each in ((0, MAPPER[0]), (2, port)):
        for number, packet in enumerate(exchange(source, family, each)):
            verdict, rule = rules.decide(packet)
            if verdict == "accept":
                continue
            if number > 1:
                raise ValueError("a rule that takes a later packet only")
            cause = REFUSALS[verdict][0 if family == 4 else 1]
            if number == 1 or not _answer_passes(rules, verdict, packet):
                cause = "timeout"  # what a rule says to the server's answer, the server hears
            offender = None
            if cause != "timeout":
                offender = rules.place if cause.startswith("icmp") else "server"
            glyph = "X" if cause == "timeout" else "R"
            glyphs = "." * reached + glyph + "-" * (3 - reached)
            return Outcome(glyphs, cause, offender, True, rule)
    return Outcome("....")


def _answer_passes(rules, verdict, packet):
    """The RST that the server's own rules send passes its chain for output, too."""
    if rules.place != "server" or verdict != "reject with tcp reset":
        return True
    reset = Packet(packet.family, "server", packet.source, packet.dport, packet.sport, syn=False, ack=True)
    return rules.decide(reset)[0] == "accept"


# ---- making rule sets --------------------------------------------------------------------


class Maker:
    """Rolls the dice for a range of ports whose first ones the services have."""

    def __init__(self, dice, first, last):
        self.dice = dice
        both = (MAPPER, (first, last))
        self.targets = [(MAPPER,), ((first, last),), both, ((first, first),), ((first + 1, last),)]
        self.targets += [((first, first + 1),), ((1, 1023),), (MAPPER, (first + 1, first + 2))]
        self.servers = both
        self.service_port = {label: first + n for n, label in enumerate(SERVICES)}

    def rule(self, verdict, hook):
        """One rule: to the server, or back from it, for some clients or for all."""
        dice = self.dice
        family = dice.choice((0, 4, 6))
        if "icmp " in verdict or "icmpv6" in verdict:
            family = 4 if "icmp " in verdict else 6
        who = dice.choice(CLIENTS + ("!inside", ""))
        if family == 0:
            who = ""
        elif verdict.startswith("reject") and not who:
            who = dice.choice(CLIENTS)  # or nft leaves the family out when it lists the rule
        back = hook == "output" or (hook == "forward" and dice.random() < 0.4)
        if not back:
            kind = dice.choice(("", "", "", "opening", "state"))
            extra = {"opening": {"opening": True}, "state": {"state": "new"}}.get(kind, {})
            return Rule(verdict, "dport", dice.choice(self.targets), family, saddr=who, **extra)
        if dice.random() < 0.3:  # the trap: the clients' own ports
            return Rule(verdict, "dport", (dice.choice(((32768, 65535), (30000, 49151))),), family, daddr=who)
        return Rule(verdict, "sport", dice.choice(self.targets), family, daddr=who)

    def block(self, place, verdict):
        """All may pass but what rules refuse, or accept before that."""
        hooks = ["forward"] if place == "border" else self.dice.choice((["input"], ["output"], ["input", "output"]))
        main = self.dice.choice(hooks)
        chains = []
        for hook in hooks:
            others = [self.rule(self._any_verdict(), hook) for _ in range(self.dice.randrange(3))]
            if hook == main:
                others.insert(self.dice.randrange(len(others) + 1), self.rule(verdict, hook))
            if hook == "forward" and self.dice.random() < 0.4:
                others.insert(0, Rule("accept", state="established,related"))
            chains.append((hook, "accept", tuple(others)))
        return RuleSet(place, tuple(chains))

    def allow(self, place, verdict):
        """Nothing may pass but what rules accept, and some of that is refused before."""
        hook = "forward" if place == "border" else "input"
        rules = [self.rule(verdict, hook)]
        rules += [self.rule("accept", hook) for _ in range(self.dice.randrange(1, 4))]
        rules.append(Rule("accept", "dport", self.dice.choice(self.targets)))
        if self.dice.random() < 0.6:
            rules.insert(0, Rule("accept", state="established,related"))
        elif hook == "forward":  # without a list of connections, answers need a rule
            family = self.dice.choice((0, 0, 4, 6))
            who = self.dice.choice(CLIENTS) if family else ""
            rules.append(Rule("accept", "sport", self.servers, family, daddr=who))
        return RuleSet(place, ((hook, "drop", tuple(rules)),))

    def _any_verdict(self):
        return self.dice.choice(list(REFUSALS) + ["accept"] * 6 + ["drop"] * 4)


@dataclasses.dataclass(frozen=True)
class Case:
    number: int
    rules: RuleSet
    sources: tuple
    services: tuple
    expected: dict  # (source, service label): Outcome
    false: dict  # the same with the rule that decided most the wrong way round


def expected_of(rules, sources, services, service_port):
    """What each cell must be."""
    cells = {}
    for source in sources:
        host, family = (source[:-1], 6) if source.endswith("6") else (source, 4)
        for service in services:
            cells[source, service] = outcome(rules, host, family, service_port[service])
    return cells


def _case(maker, number, place, verdict):
    """One rule set in which that verdict decides something, and not everything. In its first
    one, a client hears of it."""
    dice = maker.dice
    while True:
        make = maker.block if dice.random() < 0.7 else maker.allow
        rules = make(place, verdict)
        sources = tuple(dice.sample(CLIENTS, 2)) + tuple(each + "6" for each in dice.sample(CLIENTS, 2))
        services = tuple(dice.sample(SERVICES, 2))
        try:
            cells = expected_of(rules, sources, services, maker.service_port)
            deciders = collections.Counter(cell.rule for cell in cells.values() if cell.broken)
            wrong = rules.inverted(deciders.most_common(1)[0][0]) if deciders else rules
            false = expected_of(wrong, sources, services, maker.service_port)
        except (ValueError, TypeError):
            continue  # the outcome would depend on the client's port, or on a later packet
        decided = [cell for cell in cells.values() if cell.rule and cell.rule.verdict == verdict]
        if number <= len(REFUSALS):
            decided = [cell for cell in decided if cell.cause in REFUSALS[verdict]]
        if decided and len({cell.glyphs for cell in cells.values()}) > 1:
            return Case(number, rules, sources, services, cells, false)


def cases(seed, first, last, count=50):
    """The rule sets of a seed: every verdict in turn, at the border and at the server."""
    maker = Maker(random.Random("fifty %s" % seed), first, last)
    verdicts = list(REFUSALS)
    made = []
    for number in range(1, count + 1):
        place = "border" if number % 5 < 3 else "server"
        made.append(_case(maker, number, place, verdicts[(number - 1) % len(verdicts)]))
    return made
