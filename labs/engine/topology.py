"""The hosts of a laboratory, their addresses, and how a seed varies them.

Two topologies. `small`: every client stands at the border, and so does the server.

    inside --+
    guest  --+-- [ border ] ---- server
    outside -+

`full`: the border parts the outside and a branch from the inner networks.

    outside --- [ border ] --- [ core ] --+-- inside
                    |                     +-- guest
                  (wan)                   +-- server
                    |
    branch --- [ brouter ]
"""

import random
import uuid

# Networks as they are without a seed: IPv4 and IPv6 prefix.
NETS = {
    "inside": ("10.1.1", "fd00:1:1"),
    "guest": ("10.1.9", "fd00:1:9"),
    "branch": ("10.3.3", "fd00:3:3"),
    "outside": ("203.0.113", "fd00:203:113"),
    "server": ("10.2.2", "fd00:2:2"),
    "core": ("10.0.1", "fd00:0:1"),
    "wan": ("10.0.3", "fd00:0:3"),
}

SMALL = {
    "routers": ["border"],
    "clients": {"inside": "border", "guest": "border", "outside": "border", "server": "border"},
    "between": [],
}
FULL = {
    "routers": ["border", "core", "brouter"],
    "clients": {
        "inside": "core",
        "guest": "core",
        "server": "core",
        "outside": "border",
        "branch": "brouter",
    },
    # The network, the router that has .1 in it, and the one that has .2.
    "between": [("core", "border", "core"), ("wan", "border", "brouter")],
}
# What a router cannot reach directly: by which network, and who is there.
FULL_ROUTES = {
    "core": [("default", "core", 1)],
    "brouter": [("default", "wan", 1)],
    "border": [("inside", "core", 2), ("guest", "core", 2), ("server", "core", 2), ("branch", "wan", 2)],
}

DYNAMIC_RANGE = (5001, 5021)

# An interface that no program has, for entries that a lab makes itself. Its port is so far above
# the first of the range, where no service comes: there are six, and labs give them seven ports.
INTERFACE = "5ab4c0de-7c21-4e0b-8f63-1d90e2a7b346"
MINE_ABOVE = 9


class Topology:
    """Which hosts there are, and where. `kind` is small or full."""

    def __init__(self, kind="small", seed=None):
        self.kind = kind
        self.seed = seed
        self.shape = FULL if kind == "full" else SMALL
        self.nets = dict(NETS)
        self.range = DYNAMIC_RANGE
        self.uuid = INTERFACE
        self.mine_above = MINE_ABOVE
        if seed is not None:
            self._vary(random.Random("topology %s" % seed))

    def _vary(self, dice):
        """Other networks, another range of ports and another interface, the same for the same seed."""
        seconds = dice.sample(range(11, 250), len(NETS))
        thirds = dice.sample(range(1, 250), len(NETS))
        for (name, (v4, _)), second, third in zip(NETS.items(), seconds, thirds):
            first = v4.split(".")[0]
            if first == "10":
                v4 = "10.%d.%d" % (second, third)
            self.nets[name] = (v4, "fd00:%d:%d" % (second, third))
        first = dice.randrange(5001, 20000)
        self.range = (first, first + dice.randrange(12, 30))
        self.uuid = str(uuid.UUID(int=dice.getrandbits(128), version=4))
        self.mine_above = dice.randrange(7, 12)  # and below the last

    # ---- addresses -------------------------------------------------------------------

    def address(self, host):
        return self.nets[host][0] + ".2"

    def address6(self, host):
        return self.nets[host][1] + "::2"

    def subnet(self, net):
        return self.nets[net][0] + ".0/24"

    def subnet6(self, net):
        return self.nets[net][1] + "::/64"

    def sources(self):
        """Hosts that clients run on."""
        return [name for name in self.shape["clients"] if name != "server"]

    def hosts(self):
        return list(self.shape["clients"]) + self.shape["routers"]

    def place(self, name):
        """The host where a rule set for `border`, `branch` or `server` is loaded."""
        return {"branch": "brouter"}.get(name, name)

    def places(self):
        return ["border", "server"] + (["branch"] if self.kind == "full" else [])

    def who(self, address):
        """The host that has an address, or None."""
        for name in self.shape["clients"]:
            if address in (self.address(name), self.address6(name)):
                return name
        for name, (v4, v6) in self.nets.items():
            if address in (v4 + ".1", v6 + "::1"):
                return self.shape["clients"].get(name, "border")
        return None

    def variables(self):
        """What rule sets and sheets may name with a dollar sign: $SERVER, $INSIDE_NET, ..."""
        values = {"RANGE": "%d-%d" % self.range, "FIRST": str(self.range[0]), "LAST": str(self.range[1])}
        values["UUID"] = self.uuid
        values["MINE"] = str(self.range[0] + self.mine_above)
        for name in self.shape["clients"]:
            values[name.upper()] = self.address(name)
            values[name.upper() + "6"] = self.address6(name)
            values[name.upper() + "_NET"] = self.subnet(name)
            values[name.upper() + "_NET6"] = self.subnet6(name)
            values[name.upper() + "_MASKED"] = self.nets[name][0] + ".0/255.255.255.0"  # as ipseccmd has it
        return values

    # ---- for labs/stage --------------------------------------------------------------

    def text(self):
        lines = ["host %s" % name for name in self.shape["clients"]]
        lines += ["host %s router" % name for name in self.shape["routers"]]
        for name, router in self.shape["clients"].items():
            v4, v6 = self.nets[name]
            lines.append(
                "link %s eth0 %s.2/24 %s::2/64 %s %s %s.1/24 %s::1/64"
                % (name, v4, v6, router, name, v4, v6)
            )
            lines.append("route %s default %s.1" % (name, v4))
            lines.append("route %s default %s::1" % (name, v6))
        for net, first, second in self.shape["between"]:
            v4, v6 = self.nets[net]
            lines.append(
                "link %s %s %s.1/24 %s::1/64 %s %s %s.2/24 %s::2/64"
                % (first, net + "0", v4, v6, second, net + "0", v4, v6)
            )
        if self.kind == "full":
            lines += self._router_routes()
        return "\n".join(lines)

    def _router_routes(self):
        lines = []
        for router, routes in FULL_ROUTES.items():
            for to, by, number in routes:
                v4, v6 = self.nets[by]
                to4, to6 = (to, to) if to == "default" else (self.subnet(to), self.subnet6(to))
                lines.append("route %s %s %s.%d" % (router, to4, v4, number))
                lines.append("route %s %s %s::%d" % (router, to6, v6, number))
        return lines
