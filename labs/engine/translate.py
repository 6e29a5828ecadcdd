#!/usr/bin/env python3
"""From the command lines in which administrators of Windows find their rules to nft.

    translate.py [--table NAME] [--place border|server] [--server ADDRESS/PREFIX]... FILE|-

prints the rule set on standard output, ready for nft -f, and on standard error what became of
each line. What cannot be expressed is refused, with the word that is to blame. docs/rules.md
has it all. Exit status: 0 all is translated, 1 a line was refused, 2 there was nothing to read.

As a module:

    state = State()
    for number, line in lines(text):
        step = state.apply(line, number)    # what it became: step.text, .added, .removed, .range
    state.nft("border", "windows")          # the rule set as it is now

Commands take effect in order, as on Windows, so a policy can be assigned and unassigned again,
and the state asked in between. A line that is refused changes nothing.
"""

import argparse
import copy
import ipaddress
import json
import sys

# Only build/ is written to when the lab runs in place.
sys.dont_write_bytecode = True

if __package__:
    from .windows import cmdline, ipseccmd, netsh, nft, ranges
    from .windows.firewall import Firewall
    from .windows.ipsec import Store
else:
    from windows import cmdline, ipseccmd, netsh, nft, ranges
    from windows.firewall import Firewall
    from windows.ipsec import Store

# The server of the laboratory (labs/lib.sh), with its subnets.
SERVER = ("10.2.2.2/24", "fd00:2:2::2/64")

TABLE = "windows"

lines = cmdline.logical_lines
Refused = cmdline.Refused


class Model:
    """All that the commands change, of one host."""

    def __init__(self, server):
        self.server = [ipaddress.ip_interface(each) for each in server]
        self.subnets = [each.network for each in self.server if each.network.num_addresses > 1]
        if any(net.version == 6 for net in self.subnets):
            self.subnets.append(ipaddress.ip_network("fe80::/64"))
        self.firewall = Firewall()
        self.ipsec = Store([each.ip for each in self.server])
        self.ranges = ranges.Ranges()

    def sections(self):
        found = (self.ipsec.section(), self.firewall.section(self.ranges.span))
        return [section for section in found if section]


class Step:
    """What one line became.

    line     its number
    source   itself
    text     what it became, in words; "" for a comment
    notes    what one may not expect of it, and side effects
    added    rules that came with it, as "CHAIN RULE", so that "add rule inet TABLE " in front
             makes a command for nft; removed likewise
    range    the new range of dynamic ports as "5001-5021", or None if it did not change
    refused  the Refused, or None
    """

    def __init__(self, line, source):
        self.line = line
        self.source = source
        self.text = ""
        self.notes = []
        self.added = []
        self.removed = []
        self.range = None
        self.refused = None

    def as_dict(self):
        refused = self.refused and {"word": self.refused.word, "reason": self.refused.reason,
                                    "instead": self.refused.instead}
        return {**vars(self), "refused": refused}

    def __str__(self):
        """For the reader: the line, what it became, and what came and went."""
        shown = [f"line {self.line}: {self.text}"]
        shown += [f"    ! {note}" for note in self.notes]
        shown += [f"    - {rule}" for rule in self.removed]
        shown += [f"    + {rule}" for rule in self.added]
        if self.range:
            shown.append(f"    {setting(self.range)}")
        return "\n".join(shown)


def setting(ports):
    """The range in epmapd's configuration file."""
    return f'range = "{ports}"'


def _netsh(model, words, line):
    contexts = ("advfirewall", "interface", "firewall", "ipsec")
    context = cmdline.keyword(words[0], contexts) if words else None
    if context == "advfirewall":
        return netsh.run(model, words[1:], line)
    if context == "interface":
        return ranges.dynamicport(model, words[1:], line)
    instead = {"firewall": "netsh advfirewall firewall add rule ...",
               "ipsec": "ipseccmd -w REG -p POLICY -r RULE -f FILTER -n BLOCK"}
    raise Refused(f"netsh {words[0]}" if words else "netsh", "is not translated",
                  instead.get(context, "netsh advfirewall, netsh interface ipv4"))


COMMANDS = {
    "netsh": _netsh,
    "ipseccmd": ipseccmd.run,
    "ipsecpol": ipseccmd.run,
    "rpccfg": ranges.rpccfg,
    "reg": ranges.reg,
}

# What students also bring: what to say instead.
OTHERS = {
    "new-netfirewallrule": "netsh advfirewall firewall add rule ...",
    "powershell": "netsh advfirewall firewall add rule ...",
    "for": "the commands that the loop makes, a line for each",
}


def _difference(left, right):
    """What of the left list is not in the right one; each as often as it is missing there."""
    rest = list(right)
    result = []
    for item in left:
        if item in rest:
            rest.remove(item)
        else:
            result.append(item)
    return result


class State:
    """A host of Windows after some commands. server has its addresses, each with the prefix of
    its subnet."""

    def __init__(self, server=SERVER):
        self._model = Model(server)
        self._refused = []
        self._last = 0

    @property
    def range(self):
        """The dynamic ports of RPC, as "49152-65535"."""
        return self._model.ranges.text

    @property
    def last(self):
        """The number of the last line that was entered."""
        return self._last

    def rules(self):
        """All rules in effect, as in Step. They are the same at each place."""
        return [f"{section.name}_{direction} {rule}" for section in self._model.sections()
                for direction, rule in section.rules]

    def apply(self, line, number=None):
        """Play one command line, which is the next one or has this number. Returns its Step."""
        found = list(lines(line))
        if len(found) != 1:
            raise ValueError("apply() takes one command line at a time")
        self._last = self._last + 1 if number is None else number
        step = Step(self._last, line)
        rules, ports, model = self.rules(), self.range, copy.deepcopy(self._model)
        try:
            words = cmdline.words(found[0][1])
            if words:
                step.text, *step.notes = self._command(words)(self._model, words[1:], step.line)
        except Refused as refused:
            self._model = model
            step.refused = refused
            step.text = f"refused: {refused}"
            self._refused.append(step)
        step.added = _difference(self.rules(), rules)
        step.removed = _difference(rules, self.rules())
        step.range = None if self.range == ports else self.range
        return step

    def _command(self, words):
        if words[0] not in COMMANDS:
            raise Refused(words[0], "is no command that is translated",
                          OTHERS.get(words[0], ", ".join(COMMANDS)))
        return COMMANDS[words[0]]

    def nft(self, place="border", table=TABLE):
        """The rule set as it is now, for nft -f. place is "border", before the server, or
        "server" itself."""
        addresses = [each.ip for each in self._model.server]
        remarks = ["Translated from command lines of Windows, for the server "
                   f"{' and '.join(map(str, addresses))}, at the "
                   f"{'border before it' if place == 'border' else 'server itself'}.",
                   f"What epmapd needs in its configuration: {setting(self.range)}"]
        remarks += [f"Missing, because it was refused: line {step.line}, {step.refused.word}"
                    for step in self._refused]
        return nft.table(table, place, addresses, self._model.sections(), remarks)


def translate(text, server=SERVER):
    """All lines of a text: (State, [Step]), without the comments."""
    state = State(server)
    steps = [state.apply(line, number) for number, line in lines(text)]
    return state, [step for step in steps if step.text]


# ---- the command ----------------------------------------------------------------------


def decode(raw):
    """The text of a file of Windows: UTF-8, UTF-16 with its mark, or Western Europe's bytes."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _arguments(argv):
    parser = argparse.ArgumentParser(
        prog="translate.py", description="Translates command lines of Windows to nft.")
    parser.add_argument("file", metavar="FILE", help="the command lines; - is standard input")
    parser.add_argument("--table", metavar="NAME", default=TABLE, help=f"of nft ({TABLE})")
    parser.add_argument("--place", choices=nft.PLACES, default="border",
                        help="where the rules will be loaded (border)")
    parser.add_argument("--server", metavar="ADDRESS/PREFIX", action="append",
                        help=f"the server's address and subnet ({', '.join(SERVER)})")
    parser.add_argument("--json", action="store_true", help="all of it, on standard output")
    return parser.parse_args(argv)


def main(argv):
    """The command; its exit status."""
    options = _arguments(argv)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        if options.file == "-":
            raw = sys.stdin.buffer.read()
        else:
            with open(options.file, "rb") as file:
                raw = file.read()
        state, steps = translate(decode(raw), options.server or SERVER)
        text = state.nft(options.place, options.table)
    except (OSError, ValueError) as error:
        print(f"translate.py: {error}", file=sys.stderr)
        return 2
    if options.json:
        json.dump({"nft": text, "range": state.range, "setting": setting(state.range),
                   "steps": [step.as_dict() for step in steps]}, sys.stdout, indent=2)
        print()
    else:
        print(text, end="")
        for step in steps:
            print(step, file=sys.stderr)
    return 1 if any(step.refused for step in steps) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
