"""netsh advfirewall: commands for the model in firewall.py.

A rule has no program, no user and no profile here, because a lab's hosts have none. What asks
for one is refused by name. netsh takes parameters as NAME=VALUE; what a value may be stands in
the functions named read_*.
"""

from . import spans
from .cmdline import Refused, keyword
from .firewall import Match, POLICIES, Rule

# Parameters of a rule that cannot be expressed: why, and what to do instead.
INEXPRESSIBLE = {
    "program": ("packets do not tell which program sends or receives them",
                "localport= with the ports that the program listens on"),
    "service": ("packets do not tell which service sends or receives them",
                "localport= with the ports of the service, or localport=RPC for all of RPC"),
    "rmtcomputergrp": ("packets do not tell the group of a computer without IPsec",
                       "remoteip= with the addresses of these computers"),
    "rmtusrgrp": ("packets do not tell the group of a user without IPsec",
                  "remoteip= with the addresses that these users work at"),
    "group": ("the groups of rules that come with Windows are not here",
              "add rule, for each rule that is wanted"),
}

# Parameters that say nothing with these values, and cannot be expressed with others.
ONLY = {
    "edge": (("no",), "nothing comes through a NAT by Teredo here", "edge=no"),
    "security": (("notrequired",), "it asks for IPsec with authentication or encryption",
                 "remoteip= with the addresses that are trusted"),
    "interfacetype": (("any",), "a lab's hosts have one type of interface",
                      "localip= with the address of the interface"),
}

MATCHING = ("protocol", "localport", "remoteport", "localip", "remoteip")
KNOWN = ("name", "dir", "action", "enable", "profile", "description") + MATCHING

PROFILES = {"domain", "private", "public"}

PORT_KEYWORDS = {"rpc", "rpc-epmap"}

NUMBERED = {"1": "icmpv4", "6": "tcp", "17": "udp", "58": "icmpv6"}


# ---- values ---------------------------------------------------------------------------


def given(fields, key):
    """The value of a field of MATCHING as it was written, or None if that is any."""
    value = fields.get(key, "any")
    return None if value.lower() == "any" else value


def read_protocol(text):
    """(protocol, (type, code)) of protocol=: None is any."""
    name, colon, icmp = text.lower().partition(":")
    name = NUMBERED.get(name, name)
    if name in ("any", "tcp", "udp") and not colon:
        return None if name == "any" else name, (None, None)
    if name in ("icmpv4", "icmpv6"):
        parts = icmp.split(",") if colon else ["any"]
        numbers = [spans.number(part, 255) for part in parts]
        if len(parts) <= 2 and all(part == "any" or n is not None
                                   for part, n in zip(parts, numbers)):
            return name, tuple((numbers + [None])[:2])
    elif spans.number(name, 255) is not None and not colon:
        return str(int(name)), (None, None)
    raise Refused(f"protocol={text}", "is not a protocol",
                  "TCP, UDP, any, icmpv4, icmpv6, icmpv4:TYPE,CODE or a number up to 255")


def read_ports(field, fields, dynamic):
    """Intervals of localport= or remoteport=; dynamic is the range that RPC stands for."""
    text = given(fields, field)
    if text is None:
        return None
    result = []
    for item in text.split(","):
        word = f"{field}={item}"
        if item.lower() in PORT_KEYWORDS:
            if field != "localport" or fields["dir"] != "in" or _protocol(fields) != "tcp":
                raise Refused(word, "stands for ports that RPC listens on, so for a local port "
                              "of an inbound TCP rule only", "the numbers")
            result.append(dynamic if item.lower() == "rpc" else (135, 135))
        elif item[:1].isdigit():
            result.append(spans.port_span(item, word))
        else:
            raise Refused(word, "is not a port that is known here",
                          "numbers such as 135 or 5001-5021, any, RPC or RPC-EPMap")
    return None if (0, 65535) in result else spans.merged(result)


def read_addresses(field, fields, subnets):
    """Addresses of localip= or remoteip=, by version; subnets are those of the server."""
    text = given(fields, field)
    if text is None:
        return None
    pairs = []
    for item in text.split(","):
        word = f"{field}={item}"
        if item.lower() == "localsubnet" and field == "remoteip":
            if not subnets:
                raise Refused(word, "the server's subnet is not known",
                              "the subnet itself, or --server with ADDRESS/PREFIX")
            pairs += [spans.network_span(net) for net in subnets]
        elif item.lower() in ("dns", "dhcp", "wins", "defaultgateway") and field == "remoteip":
            raise Refused(word, "the lab has no such server", "its address")
        else:
            pairs.append(spans.address_span(item, word))
    return spans.by_version(pairs)


def _protocol(fields):
    return read_protocol(fields.get("protocol", "any"))[0]


def _check_harmless(key, value):
    """Refuse what cannot be expressed. Where a value says nothing, it may stay."""
    word = f"{key}={value}"
    if key in INEXPRESSIBLE:
        raise Refused(word, *INEXPRESSIBLE[key])
    if key in ONLY and value.lower() not in ONLY[key][0]:
        raise Refused(word, *ONLY[key][1:])
    if key == "profile" and value.lower() != "any" and set(value.lower().split(",")) != PROFILES:
        raise Refused(word, "the hosts of a lab are in no domain and have no profiles, so the "
                      "rule would hold always or never", "profile=any, or no profile= at all")
    if key not in KNOWN and key not in ONLY:
        raise Refused(f"{key}=", "is not a parameter of a rule")


def read_fields(words):
    """NAME=VALUE words as a dict. What has a few values only is in lower case."""
    fields = {}
    for word in words:
        key, equals, value = word.partition("=")
        key = key.lower()
        if not equals:
            raise Refused(word, "is not PARAMETER=VALUE",
                          "quotes around a value with blanks, and none around the =")
        _check_harmless(key, value)
        if key in fields:
            raise Refused(f"{key}=", "is given twice")
        if not value:
            raise Refused(f"{key}=", "has no value")
        fields[key] = value.lower() if key in ("dir", "action", "enable") else value
    for key, values in (("dir", ("in", "out")), ("enable", ("yes", "no"))):
        if key in fields and fields[key] not in values:
            raise Refused(f"{key}={fields[key]}", "is unknown", " or ".join(values))
    if fields.get("action") == "bypass":
        raise Refused("action=bypass", "only IPsec can tell who may pass the rules that block",
                      "a rule that blocks fewer addresses (remoteip=)")
    if fields.get("action", "allow") not in ("allow", "block"):
        raise Refused(f"action={fields['action']}", "is unknown", "allow or block")
    return fields


def make_rule(fields, subnets, line):
    """A rule of complete fields, or a refusal."""
    for key in ("name", "dir", "action"):
        if key not in fields:
            raise Refused(f"{key}=", "is missing, and a rule must have it")
    if fields["name"].lower() == "all":
        raise Refused("name=all", "stands for all rules, so no rule can have it", "another name")
    for key in ("localport", "remoteport"):
        if given(fields, key) and _protocol(fields) not in ("tcp", "udp"):
            raise Refused(f"{key}={fields[key]}", "only TCP and UDP have ports",
                          "protocol=TCP or protocol=UDP as well")

    def match(fields, dynamic):
        protocol, icmp = read_protocol(fields.get("protocol", "any"))
        return Match(protocol, icmp,
                     *(read_ports(key, fields, dynamic) for key in ("localport", "remoteport")),
                     *(read_addresses(key, fields, subnets)
                       for key in ("localip", "remoteip")))

    if not match(fields, (49152, 65535)).versions():
        raise Refused(f"name={fields['name']}", "mixes IPv4 and IPv6, so it would match nothing",
                      "a rule for each")
    return Rule(fields, match, line)


# ---- commands -------------------------------------------------------------------------


def describe(rule):
    """A rule in words."""
    fields = rule.fields
    parts = [f'rule "{rule.name}" {rule.action}s', given(fields, "protocol") or "everything",
             "in from" if rule.direction == "in" else "out to",
             given(fields, "remoteip") or "anywhere"]
    if given(fields, "localip"):
        parts.append(f"at {fields['localip']}")
    for key, where in (("localport", "local"), ("remoteport", "remote")):
        if given(fields, key):
            parts.append(f"with {where} port {fields[key]}")
    versions = rule.match(fields, (49152, 65535)).versions()
    parts.append(f"({' and '.join(f'IPv{version}' for version in versions)})")
    return " ".join(parts)


def _notes(model, rule):
    """What one may not expect of a rule."""
    if not rule.enabled:
        yield "it is not enabled (enable=no), so it has no effect yet"
    elif not model.firewall.on:
        yield "the firewall is off, so it has no effect yet"
    if "localsubnet" in (given(rule.fields, "remoteip") or "").lower():
        yield ("localsubnet is the server's own subnet; a firewall between subnets never sees "
               "its packets")
    if "rpc" in (given(rule.fields, "localport") or "").lower().split(","):
        yield f"RPC stands for the dynamic ports, now {model.ranges.text}"
    blocking = model.firewall.blocked_anyway(rule, model.ranges.span)
    if blocking:
        yield (f'rule "{blocking.name}" of line {blocking.line} blocks the same packets, or some '
               "of them: a block beats an allow, whatever the order")


def add_rule(model, words, line):
    rule = make_rule(read_fields(words), model.subnets, line)
    model.firewall.rules.append(rule)
    return [describe(rule), *_notes(model, rule)]


def _canonical(key, value):
    if key == "protocol":
        return read_protocol(value)
    return sorted(value.lower().split(","))


def find_rules(model, fields):
    """The rules that a delete or set names; refused if there are none."""
    name = fields["name"].lower()
    found = []
    for rule in model.firewall.rules:
        same = all(_canonical(key, rule.fields.get(key, "any")) == _canonical(key, fields[key])
                   for key in MATCHING if key in fields)
        if (same and fields.get("dir", rule.direction) == rule.direction
                and name in (rule.name.lower(), "all")):
            found.append(rule)
    if not found:
        raise Refused(f"name={fields['name']}", "no rule has this name, or the rest does not fit",
                      "the name as it stands in add rule")
    return found


def _criteria(words):
    fields = read_fields(words)
    if "name" not in fields:
        raise Refused("name=", "is missing")
    for key in fields:
        if key not in ("name", "dir", "profile") + MATCHING:
            raise Refused(f"{key}=", "does not tell which rules are meant",
                          "name=, dir=, protocol=, localport=, remoteport=, localip=, remoteip=")
    return fields


def delete_rule(model, words, line):
    fields = _criteria(words)
    found = find_rules(model, fields)
    model.firewall.rules = [rule for rule in model.firewall.rules if rule not in found]
    names = ", ".join(f'"{rule.name}" (line {rule.line})' for rule in found)
    notes = []
    if fields["name"].lower() == "all":
        notes.append("on Windows also the rules that come with it; here Core Networking stays")
    return [f"deleted: {names}", *notes]


def set_rule(model, words, line):
    """set rule name=... new ...: each rule that fits gets the new values."""
    cut = [word.lower() for word in words].index("new") if "new" in map(str.lower, words) else None
    if cut is None or cut + 1 == len(words):
        raise Refused("new", "is missing, or nothing follows it", "set rule name=... new ...")
    criteria, new = _criteria(words[:cut]), read_fields(words[cut + 1:])
    if criteria["name"].lower() == "all":
        raise Refused("name=all", "set changes rules of one name", "a line for each name")
    report = []
    for rule in find_rules(model, criteria):
        changed = make_rule({**rule.fields, **new}, model.subnets, line)
        rules = model.firewall.rules
        rules[rules.index(rule)] = changed
        report += [describe(changed), *_notes(model, changed)]
    return report


def set_profile(model, words, line):
    """set allprofiles firewallpolicy|state ..."""
    profile = keyword(words[0], ("allprofiles", "currentprofile", "domainprofile",
                                 "privateprofile", "publicprofile")) if words else None
    if profile is None:
        raise Refused(words[0] if words else "set", "no profile is named", "set allprofiles ...")
    if profile not in ("allprofiles", "currentprofile"):
        raise Refused(profile, "the hosts of a lab are in no domain and have no profiles",
                      "set allprofiles ...")
    what = keyword(words[1], ("state", "firewallpolicy", "settings", "logging")) \
        if len(words) > 1 else None
    if what == "state" and len(words) == 3:
        return _set_state(model, words[2].lower())
    if what == "firewallpolicy" and len(words) == 3:
        return _set_policy(model, words[2].lower(), line)
    if what in ("settings", "logging"):
        raise Refused(what, "changes no rule, and has no counterpart in nft",
                      "nft's counters and trace tell what a rule does")
    raise Refused(" ".join(words[1:]) or profile, "is not complete, or has too much",
                  f"set {profile} state on|off, set {profile} firewallpolicy INBOUND,OUTBOUND")


def _set_state(model, value):
    if value not in ("on", "off"):
        raise Refused(value, "is not a state of the firewall", "on or off")
    model.firewall.on = value == "on"
    if model.firewall.on:
        return ["the Windows Firewall is on"]
    return ["the Windows Firewall is off: it lets everything through, and keeps its rules"]


def _set_policy(model, value, line):
    values = value.split(",")
    if len(values) != 2:
        raise Refused(value, "is not INBOUND,OUTBOUND", "such as blockinbound,allowoutbound")
    for direction, each in zip(("in", "out"), values):
        if each not in POLICIES[direction]:
            raise Refused(each, f"is not a policy for {direction}bound",
                          " or ".join(POLICIES[direction]))
        model.firewall.set_policy(direction, each, f"line {line}")
    policy = model.firewall.policy
    return [f"what no rule matches: {policy['in']}, {policy['out']}"]


def reset(model, words, line):
    model.firewall.reset()
    return ["as Windows comes: no rules but Windows' own, blockinbound, allowoutbound, on"]


def show(model, words, line):
    return ["shows or saves what there is, and changes nothing"]


def refusal(word, reason, instead):
    """A command that is refused whatever follows."""
    def command(model, words, line):
        raise Refused(word, reason, instead)
    return command


# Commands as trees of words; a leaf is a function of (model, the words that follow, line).
RULES = {
    "add": {"rule": add_rule}, "delete": {"rule": delete_rule}, "set": {"rule": set_rule},
    "show": show, "dump": show,
}
ADVFIREWALL = {
    "firewall": RULES, "set": set_profile, "reset": reset, "show": show, "export": show,
    "dump": show,
    "consec": refusal("consec", "connection security rules ask for IPsec with authentication",
                      "rules of the firewall with remoteip="),
    "mainmode": refusal("mainmode", "its rules say how IPsec negotiates keys",
                        "rules of the firewall with remoteip="),
    "import": refusal("import", "what the file says cannot be seen from here",
                      "the commands that make its rules"),
}


def run(model, words, line):
    """netsh advfirewall, with the words that follow it."""
    node, path = ADVFIREWALL, "netsh advfirewall"
    while isinstance(node, dict):
        known = ", ".join(node)
        if not words:
            raise Refused(path, "is not complete", f"one of these next: {known}")
        found = keyword(words[0], node)
        if found is None:
            raise Refused(words[0], f"is no command of {path}", f"one of these: {known}")
        node, path, words = node[found], f"{path} {found}", words[1:]
    first = not model.firewall.present
    report = node(model, words, line)
    if node is not show:
        model.firewall.present = True
    if first and model.firewall.present and model.firewall.on:
        policy = model.firewall.policy
        report.append("from here on the Windows Firewall is there; what no rule matches: "
                      f"{policy['in']}, {policy['out']}")
    return report
