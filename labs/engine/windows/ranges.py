"""Where RPC's dynamic ports come from, and the commands that change it.

Windows has two settings. Dynamic ports of all programs come from one range (netsh interface
ipv4 set dynamicport). RPC alone can be given other ports in the registry, which then win: Ports
is a list, PortsInternetAvailable says that the list is what may be used, and UseInternetPorts
that services use it without asking. rpccfg writes the three at once. epmapd has one range, so
what amounts to one range is translated, and all else is refused.

RPC takes Windows' list as a whole: one bad entry, and none of it holds.
"""

from . import spans
from .cmdline import Refused, keyword

DEFAULT = (49152, 65535)

KEY = r"\software\microsoft\rpc\internet"
HIVES = ("hklm", "hkey_local_machine")

# The values of the key, in lower case: their true names and types.
VALUES = {
    "ports": ("Ports", "REG_MULTI_SZ"),
    "portsinternetavailable": ("PortsInternetAvailable", "REG_SZ"),
    "useinternetports": ("UseInternetPorts", "REG_SZ"),
}

LIST_IS_INVALID = "and one bad entry makes Windows ignore the whole list"
AFTER_RESTART = "Windows takes it at its next start, epmapd when it starts"


def text(span):
    return f"{span[0]}-{span[1]}"


class Ranges:
    """Both settings. internet has the registry's values: Ports as an interval, the others as
    "y"."""

    def __init__(self):
        self.dynamic = DEFAULT
        self.internet = {}

    @property
    def span(self):
        """The range that services take their ports from."""
        return self.internet["ports"] if len(self.internet) == len(VALUES) else self.dynamic

    @property
    def text(self):
        return text(self.span)


def read_list(entries):
    """A list of ports and ranges, as one interval."""
    found = []
    for entry in entries:
        try:
            span = spans.port_span(entry, entry)
            if span[0] == 0:
                raise Refused(entry, "port 0 is no port")
        except Refused as refused:
            raise Refused(entry, f"{refused.reason}, {LIST_IS_INVALID}",
                          refused.instead) from None
        found.append(span)
    found = spans.merged(found)
    joined = (found[0][0], found[-1][1])
    if sum(last - first + 1 for first, last in found) != joined[1] - joined[0] + 1:
        raise Refused(" ".join(entries), "has gaps, and epmapd has one range without any",
                      f"the largest part of it, or all of {text(joined)}")
    return joined


def _report(model):
    """The range as it is now, and what is wrong with it."""
    span = model.ranges.span
    yield f"the dynamic range is {text(span)}; {AFTER_RESTART}"
    if span[0] < 1024:
        yield ("ports below 1024 are other services' own: what takes its port from here may be in "
               "their way" + (", and 135 is the mapper's" if span[0] <= 135 <= span[1] else ""))


# ---- rpccfg ---------------------------------------------------------------------------


def rpccfg(model, words, line):
    """rpccfg -pe LIST -d 0, rpccfg -r, rpccfg -q."""
    options = _options(words)
    if not options:
        raise Refused("rpccfg", "has no option", "rpccfg -pe 5001-5021 -d 0")
    if options.get("-d", ["0"]) != ["0"]:
        raise Refused("-d " + " ".join(options["-d"]), "makes services use what is not in the "
                      "list, which is no single range", "-d 0")
    if len(options) > 1 and set(options) != {"-pe", "-d"}:
        raise Refused(list(options)[1], "does not go together with the option before it",
                      "a line for each")
    if "-q" in options:
        return [f"shows the setting, which is {model.ranges.text}, and changes nothing"]
    if "-r" in options:
        model.ranges.internet = {}
        return list(_report(model))
    if "-pe" not in options:
        raise Refused("-d", "chooses the list that services use, and none is given",
                      "rpccfg -pe 5001-5021 -d 0")
    if not options["-pe"]:
        raise Refused("-pe", "no port follows it", "rpccfg -pe 5001-5021 -d 0")
    if "-d" not in options:
        raise Refused("-pe", "without -d 0 the list is made, and no service uses it",
                      f"rpccfg -pe {' '.join(options['-pe'])} -d 0")
    span = read_list(options["-pe"])
    model.ranges.internet = {"ports": span, "portsinternetavailable": "y",
                             "useinternetports": "y"}
    return list(_report(model))


def _options(words):
    """Options and the words behind each, by option."""
    options, last = {}, None
    for word in words:
        if word[:1] in ("-", "/"):
            last = "-" + word[1:].lower()
            if last not in ("-pe", "-d", "-q", "-r"):
                raise Refused(word, "is an option of rpccfg that is not translated",
                              "-pe LIST -d 0, -q or -r")
            if last in options:
                raise Refused(word, "is given twice")
            options[last] = []
        elif last in ("-pe", "-d"):
            options[last].append(word)
        else:
            raise Refused(word, "belongs to no option", "rpccfg -pe 5001-5021 -d 0")
    return options


# ---- reg ------------------------------------------------------------------------------


def _key(words):
    """Refuse all keys but that of RPC's ports."""
    key = words[0] if words else "reg"
    hive, slash, path = key.partition("\\")
    if hive.lower() not in HIVES or (slash + path).lower().rstrip("\\") != KEY:
        raise Refused(key, "is a key of the registry that has no counterpart here",
                      r"HKLM\SOFTWARE\Microsoft\Rpc\Internet")


def _switches(words, with_value):
    """Switches such as /v NAME, by name; those in with_value take a word."""
    found, rest = {}, list(words)
    while rest:
        switch = rest.pop(0)
        name = switch.lower()
        if name in with_value and rest:
            found[name] = rest.pop(0)
        elif name in ("/f", "/va") and name not in with_value:
            found[name] = ""
        else:
            raise Refused(switch, "is not understood, or its value is missing",
                          "/v NAME /t TYPE /d DATA /f")
    return found


def reg(model, words, line):
    """reg add and reg delete, of the values below RPC's key."""
    verb = words[0].lower() if words else ""
    if verb == "query":
        return ["shows the registry, and changes nothing"]
    if verb not in ("add", "delete"):
        raise Refused(verb or "reg", "is no command of reg that is translated",
                      "reg add, reg delete, reg query")
    _key(words[1:])
    return (_reg_add if verb == "add" else _reg_delete)(model, words[2:])


def _value_name(switches):
    name = switches.get("/v", "")
    if name.lower() not in VALUES:
        raise Refused(f"/v {name}".strip(), "RPC reads no value of this name",
                      ", ".join(each for each, _ in VALUES.values()))
    return name.lower()


def _missing(model):
    return [VALUES[key][0] for key in VALUES if key not in model.ranges.internet]


def _reg_add(model, words):
    if not words or [word.lower() for word in words] == ["/f"]:
        return ["the key is there, without a value that would change anything"]
    switches = _switches(words, ("/v", "/t", "/d", "/s"))
    name = _value_name(switches)
    true_name, true_type = VALUES[name]
    kind = switches.get("/t", "REG_SZ").upper()
    if kind != true_type:
        raise Refused(f"/t {kind}" if "/t" in switches else "/t", f"{true_name} would be a "
                      f"{kind}, and RPC reads it as {true_type} only", f"/t {true_type}")
    data = switches.get("/d", "")
    if name == "ports":
        entries = [each for each in data.split(switches.get("/s", r"\0")) if each]
        if not entries:
            raise Refused("/d", "no ports are given", "/d 5001-5021")
        model.ranges.internet[name] = read_list(entries)
    elif data.lower() == "y":
        model.ranges.internet[name] = "y"
    elif data.lower() == "n":
        raise Refused(f"{true_name}={data}", "makes services use what is not in the list, which "
                      "is no single range", "/d Y")
    else:
        raise Refused(f"/d {data}".strip(), f"{true_name} is neither Y nor N, and that makes "
                      "Windows ignore the whole list", "/d Y")
    missing = _missing(model)
    if missing:
        return [f"{true_name} is set; the range changes when the key has "
                f"{' and '.join(missing)}, too"]
    return list(_report(model))


def _reg_delete(model, words):
    switches = _switches(words, ("/v",))
    if "/v" not in switches:
        model.ranges.internet = {}
        return list(_report(model))
    name = _value_name(switches)
    if name not in model.ranges.internet:
        raise Refused(f"/v {switches['/v']}", "there is no such value")
    del model.ranges.internet[name]
    return list(_report(model))


# ---- netsh interface ------------------------------------------------------------------


def dynamicport(model, words, line):
    """netsh interface ipv4 set dynamicport tcp start=N num=N."""
    example = "netsh int ipv4 set dynamicport tcp start=5001 num=255"
    words = [word.lower() for word in words]
    family = keyword(words[0], ("ipv4", "ipv6")) if words else None
    if words[:1] == ["ip"]:
        family = "ipv4"
    if family is None:
        raise Refused(words[0] if words else "interface", "is not translated", example)
    if len(words) < 3 or not (words[2] == "dynamicport" or words[2] == "dynamicportrange"):
        raise Refused(" ".join(words[1:3]) or family, "is not translated", example)
    if words[1] == "show":
        return [f"shows the range, which is {text(model.ranges.dynamic)}, and changes nothing"]
    if words[1] != "set":
        raise Refused(words[1], "is not translated", example)
    if family == "ipv6":
        raise Refused("ipv6", "epmapd has one range for IPv4 and IPv6", "ipv4")
    model.ranges.dynamic = _dynamic_span(_tags(words[3:], example))
    report = list(_report(model))
    if model.ranges.span != model.ranges.dynamic:
        report.append("the range that RPC has of its own goes on (rpccfg -r ends it); other "
                      f"programs use {text(model.ranges.dynamic)}")
    return report


def _tags(words, example):
    """Parameters with or without their names, which may be abbreviated."""
    names = ("protocol", "startport", "numberofports", "store")
    found = {}
    for at, word in enumerate(words):
        tag, equals, value = word.partition("=")
        name = keyword(tag, names) if equals else names[at] if at < len(names) else None
        if name is None or name in found:
            raise Refused(word, "is not understood", example)
        found[name] = value if equals else word
    for name in names[:3]:
        if name not in found:
            raise Refused(name, "is missing", example)
    return found


def _dynamic_span(tags):
    if tags["protocol"] != "tcp":
        raise Refused(tags["protocol"], "epmapd gives its services TCP ports only", "tcp")
    start, count = (spans.number(tags[name], 65535) for name in ("startport", "numberofports"))
    if start is None or start < 1025:
        raise Refused(f"startport={tags['startport']}", "Windows takes 1025 to 65535 only",
                      "startport=5001")
    if count is None or count < 255:
        raise Refused(f"numberofports={tags['numberofports']}", "Windows takes 255 to 64511 only",
                      "numberofports=255, or rpccfg for fewer")
    if start + count > 65536:
        raise Refused(f"numberofports={count}", f"from {start} on there are only "
                      f"{65536 - start} ports", "a lower startport")
    return start, start + count - 1
