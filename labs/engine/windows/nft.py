"""Rules and tables as nft's text.

Windows' rules say "in" and "out" as the server sees it. So they stand in two chains that are
the same at every place; only the chains with hooks, which jump to them, differ:

    border   forward: what goes to the server's address jumps to in, what comes from it to out
    server   input jumps to in, output jumps to out

IPsec's filters and the Windows Firewall are two things on Windows, and a packet has to pass
both. Each has hooks of its own here too, so that an accept of the one is not one of the other.
"""

import re

PLACES = ("border", "server")

# nft takes so many bytes for a comment.
COMMENT_MAX = 128

TABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class Section:
    """What comes of one of Windows' mechanisms: name is the first part of its chains' names,
    title its description, rules is a list of (direction, rule)."""

    def __init__(self, name, title, priority, rules):
        self.name = name
        self.title = title
        self.priority = priority
        self.rules = rules


def plain(text):
    """Text that stays on its line."""
    return "".join(c if c.isprintable() else "?" for c in text)


def comment(text):
    """The comment of a rule, cut to what the kernel keeps. nft knows no quotes in quotes."""
    text = plain(text).replace('"', "'")
    raw = text.encode("utf-8", "replace")
    if len(raw) > COMMENT_MAX:
        text = raw[:COMMENT_MAX - 3].decode("utf-8", "ignore") + "..."
    return f'comment "{text}"'


def rule(match, verdict, origin):
    """One rule, which counts and says where it comes from."""
    return " ".join(part for part in (match, "counter", verdict, comment(origin)) if part)


def _hooks(section, place, addresses):
    """The chains with hooks of a section: hook and rules, for each."""
    into, out = f"jump {section.name}_in", f"jump {section.name}_out"
    if place == "server":
        for hook, device, jump in (("input", "iifname", into), ("output", "oifname", out)):
            loopback = rule(f'{device} "lo"', "accept", "Windows does not filter the loopback")
            yield hook, [loopback, rule("", jump, f"{hook} of the server")]
        return
    rules = []
    for address in addresses:
        family = "ip" if address.version == 4 else "ip6"
        rules.append(rule(f"{family} daddr {address}", into, "to the server"))
        rules.append(rule(f"{family} saddr {address}", out, "from the server"))
    yield "forward", rules


def _section(section, place, addresses):
    """All chains of a section, as lines."""
    for line in section.title:
        yield f"# {plain(line)}"
    for direction in ("in", "out"):
        yield f"chain {section.name}_{direction} {{"
        for where, text in section.rules:
            if where == direction:
                yield f"\t{text}"
        yield "}"
    for hook, rules in _hooks(section, place, addresses):
        yield f"chain {section.name}_{hook} {{"
        yield f"\ttype filter hook {hook} priority {section.priority}; policy accept;"
        for text in rules:
            yield f"\t{text}"
        yield "}"


def table(name, place, addresses, sections, remarks):
    """The text for nft -f. It replaces an older table of that name, in one step."""
    if place not in PLACES:
        raise ValueError(f"there is no place '{place}', only {' and '.join(PLACES)}")
    if not TABLE_NAME.fullmatch(name):
        raise ValueError(f"'{name}' is no name for a table: letters, digits and _ only")
    lines = [f"# {plain(remark)}" for remark in remarks]
    lines += [f"table inet {name}", f"delete table inet {name}"]
    if not sections:
        return "\n".join(lines + ["# No rule is in effect.", ""])
    parts = ["\n".join("\t" + line for line in _section(section, place, addresses))
             for section in sections]
    return "\n".join(lines) + f"\n\ntable inet {name} {{\n" + "\n\n".join(parts) + "\n}\n"
