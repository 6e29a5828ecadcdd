"""ipseccmd (Windows XP and 2003) and ipsecpol (Windows 2000): commands for the model in
ipsec.py. Both take the same options.
"""

import re

from . import spans
from .cmdline import Refused
from .ipsec import ANY, ME, End, Filter, Policy, Rule

# Options that take words, and those that take none.
WITH_WORDS = ("-w", "-p", "-r", "-f", "-n")
WITHOUT = ("-x", "-y", "-o", "-confirm")

# Options that cannot be expressed: why, and what to do instead.
NEGOTIATION = ("it is about the negotiation of keys, and nothing is encrypted here",
               "-n BLOCK or -n PASS alone")
INEXPRESSIBLE = {
    "-t": ("tunnels need encryption, and nothing is encrypted here", "filters without a tunnel"),
    "-a": ("it says how hosts prove who they are, and nothing is authenticated here",
           "filters with the addresses that are trusted"),
    "-s": NEGOTIATION, "-1s": NEGOTIATION, "-1k": NEGOTIATION, "-1p": NEGOTIATION,
    "-1f": NEGOTIATION, "-1e": NEGOTIATION, "-soft": NEGOTIATION,
    "-lan": ("a lab's hosts have one type of interface", "no -lan"),
    "-dialup": ("a lab's hosts have one type of interface", "no -dialup"),
    "-u": ("there are no dynamic rules, only policies", "-p POLICY -y"),
}

# The names that the tools know; others are given as numbers.
PROTOCOLS = {"TCP": "tcp", "UDP": "udp", "ICMP": "icmp", "RAW": "255"}
NUMBERED = {"6": "tcp", "17": "udp", "1": "icmp"}

STAR = re.compile(r"(\d{1,3}\.){1,3}(\*\.){0,2}\*?")

FILTER_FORM = "A.B.C.D/MASK:PORT=A.B.C.D/MASK:PORT:PROTOCOL, with + for both directions"


# ---- filters --------------------------------------------------------------------------


def _address(text, word):
    if text == "*":
        return ANY
    if text == "0":
        return ME
    if STAR.fullmatch(text):
        octets = [octet for octet in text.split(".") if octet not in ("", "*")]
        text = ".".join(octets + ["0"] * (4 - len(octets))) + f"/{8 * len(octets)}"
    if not text[:1].isdigit():
        raise Refused(word, f"'{text}' is a name, and the lab resolves none" if text else
                      "an address is missing", "the address, * for any, 0 for the server's own")
    net = spans.network(text, word)
    return net if net.prefixlen else ANY


def _port(text, word):
    if text in ("", "*", "0"):
        return None
    if "-" in text:
        raise Refused(word, f"'{text}' is a range, and a filter has one port or any",
                      "a filter for each port")
    return spans.port(text, word)


def _protocol(text, word):
    upper = text.upper()
    if upper in PROTOCOLS:
        return PROTOCOLS[upper]
    if upper in ("", "*", "ANY"):
        return None
    if spans.number(text, 255) is not None:
        return NUMBERED.get(str(int(text)), str(int(text)))
    raise Refused(word, f"'{text}' is not a protocol", "TCP, UDP, ICMP, RAW or a number")


def read_filter(word):
    """A filter as it stands behind -f. [ ] makes it block and ( ) makes it pass, whatever
    its rule does."""
    text, verdict = word, None
    for pair, meaning in (("[]", "BLOCK"), ("()", "PASS")):
        if text[:1] == pair[0] and text[-1:] == pair[1]:
            text, verdict = text[1:-1], meaning
    if text.upper() == "DEFAULT":
        raise Refused(word, "the default response rule negotiates encryption", FILTER_FORM)
    if "{" in text:
        raise Refused(word, "an interface is named, and the lab's have no such names",
                      "0 for the server's own addresses")
    sides = re.split(r"[=+]", text)
    if len(sides) != 2:
        raise Refused(word, "is not a filter", FILTER_FORM)
    left, right = (side.split(":") for side in sides)
    if len(left) > 2 or len(right) > 3:
        raise Refused(word, "has too many colons, or an IPv6 address: IPsec's filters know IPv4 "
                      "only", FILTER_FORM)
    source = End(_address(left[0], word), _port("".join(left[1:]), word))
    destination = End(_address(right[0], word), _port("".join(right[1:2]), word))
    protocol = _protocol("".join(right[2:]), word)
    has_port = source.port is not None or destination.port is not None
    if has_port and protocol not in ("tcp", "udp"):
        raise Refused(word, "has a port, but neither TCP nor UDP",
                      f"{text}:TCP" if len(right) == 2 else "TCP or UDP at its end")
    return Filter(source, destination, protocol, "+" in text, verdict, word)


def read_verdict(words):
    """BLOCK or PASS, of the words behind -n."""
    text = " ".join(words)
    if text.upper() in ("BLOCK", "PASS"):
        return text.upper()
    if not words:
        raise Refused("-n", "nothing follows it", "-n BLOCK or -n PASS")
    if text.upper() == "INPASS":
        raise Refused("-n INPASS", "what goes out would be negotiated", "-n PASS")
    raise Refused(f"-n {text}", "is a method of encryption or authentication, and nothing is "
                  "encrypted here", "-n BLOCK or -n PASS")


# ---- options --------------------------------------------------------------------------


def read_options(words):
    """Options and the words behind each, by option."""
    options, last = {}, None
    for word in words:
        if word[:1] in ("-", "/") and len(word) > 1:
            last = "-" + word[1:].lower()
            if last in INEXPRESSIBLE:
                raise Refused(word, *INEXPRESSIBLE[last])
            if last not in WITH_WORDS + WITHOUT:
                raise Refused(word, "is an option that is not translated",
                              " ".join(WITH_WORDS + WITHOUT))
            if last in options:
                raise Refused(word, "is given twice", "all of its words behind one of them")
            options[last] = []
        elif last in ("-f", "-n") or last in WITH_WORDS and not options[last]:
            options[last].append(word)
        else:
            raise Refused(word, "belongs to no option", "quotes around a name with blanks")
    return options


def _check(options):
    """What an option must have, and what does not go together."""
    where = " ".join(options.get("-w", []))
    if not where:
        raise Refused("-w", "is missing, so that the filters would not be a policy but last until "
                      "the IPsec service stops", '-w REG -p "POLICY" -r "RULE"')
    if where.upper() != "REG":
        raise Refused(f"-w {where}", "the lab has no directory and no other store", "-w REG")
    for option in ("-p", "-r", "-f"):
        if option in options and not any(options[option]):
            raise Refused(option, "nothing follows it")
    if "-p" not in options:
        raise Refused("-p", "is missing, so it is not told which policy is meant", '-p "POLICY"')
    if "-x" in options and ("-y" in options or "-o" in options):
        raise Refused("-x", "assigns what -y or -o of the same line ends", "a line for each")
    if "-o" in options:
        for option in ("-r", "-f", "-n"):
            if option in options:
                raise Refused(option, "with -o, it is not clear what is deleted: the rule, or the "
                              "policy with all of its rules",
                              "-p POLICY -o, and then the rules that are to stay")
    elif ("-f" in options or "-n" in options) and "-r" not in options:
        raise Refused("-r", "is missing, and a rule must have a name", '-r "RULE"')
    elif "-r" in options and not ("-f" in options or "-n" in options):
        raise Refused("-r", "neither -f nor -n says what the rule does", "-f FILTER -n BLOCK")


# ---- commands -------------------------------------------------------------------------


def _write_rule(store, policy, options, line):
    """Make a rule, or change the parts of one that is there. Returns it."""
    name = options["-r"][0]
    old = policy.rules.get(name.lower())
    if "-f" in options:
        filters = [read_filter(word) for word in options["-f"]]
    elif old:
        filters = old.filters
    else:
        raise Refused("-f", f'is missing, and rule "{name}" is new', "-f FILTER")
    if "-n" in options:
        verdict = read_verdict(options["-n"])
    else:
        verdict = old.verdict if old else None
    if verdict is None and not all(each.verdict for each in filters):
        raise Refused("-n", "is missing, and without it Windows would negotiate encryption",
                      "-n BLOCK or -n PASS")
    rule = Rule(name, filters, verdict, line)
    policy.rules[name.lower()] = rule
    return rule


def _describe(store, policy, rule):
    """A rule in words, and what one may not expect of it."""
    done = []
    for verdict, verb in (("BLOCK", "blocks"), ("PASS", "permits")):
        texts = [each.text for each in rule.filters if (each.verdict or rule.verdict) == verdict]
        if texts:
            done.append(f"{verb} {' '.join(texts)}")
    yield f'policy "{policy.name}", rule "{rule.name}" {" and ".join(done)} (IPv4 only)'
    packets = {each[1:3]: each[3] for each in store.directed(policy) if each[-1] is rule}
    if not packets:
        yield "no packet of the server is like that, so it does nothing here"
    for _, direction, match, verdict, other in store.directed(policy):
        if packets.get((direction, match), verdict) != verdict:
            yield (f'rule "{other.name}" says the opposite of the same packets; which one wins on '
                   "Windows is not certain, here it is BLOCK")
            return


def run(model, words, line):
    """ipseccmd or ipsecpol, with the words that follow it."""
    if words and words[0].lower() == "show":
        return ["shows what there is, and changes nothing"]
    if words and words[0][:1] not in ("-", "/"):
        raise Refused(words[0], "is a mode that is not translated", '-w REG -p "POLICY" ...')
    options = read_options(words)
    _check(options)
    return list(_apply(model.ipsec, options, line))


def _apply(store, options, line):
    name = options["-p"][0]
    # A name may be followed by how often the policy is looked up, in minutes.
    name = re.sub(r":\d+$", "", name)
    policy = store.policies.get(name.lower())
    if "-r" in options:
        if policy is None:
            policy = store.policies[name.lower()] = Policy(name)
        yield from _describe(store, policy, _write_rule(store, policy, options, line))
    if policy is None:
        raise Refused(f"-p {name}", "there is no policy of this name",
                      ", ".join(f'"{each.name}"' for each in store.policies.values())
                      or "make its rules first, with -r, -f and -n")
    yield from _change(store, policy, options)


def _change(store, policy, options):
    """Assign, unassign, delete."""
    was = store.assigned
    if "-x" in options:
        store.assigned = policy
        yield (f'policy "{policy.name}" is assigned: its rules take effect, and over IPv6 '
               "nothing is blocked")
        if was not in (None, policy):
            yield f'policy "{was.name}" is not assigned any more: there can be only one'
        return
    if ("-y" in options or "-o" in options) and was is policy:
        store.assigned = None
        yield f'policy "{policy.name}" is not assigned any more: its rules have no effect'
    elif "-y" in options:
        yield f'policy "{policy.name}" was not assigned; nothing changes'
    if "-o" in options:
        del store.policies[policy.name.lower()]
        yield f'policy "{policy.name}" is deleted, with its {len(policy.rules)} rules'
    elif "-y" not in options and was is not policy:
        yield "no effect until the policy is assigned (-x)"
