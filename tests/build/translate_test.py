"""Tests of labs/engine/translate.py: what each command becomes, and how commands work together.

Each rule set that a test looks at is written to the folder $RULES, for nft to check.
"""

import hashlib
import importlib
import os
import pathlib
import random
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
ENGINE = TOP / "labs" / "engine"
sys.dont_write_bytecode = True
sys.path.insert(0, str(ENGINE))

translate = importlib.import_module("translate")

ADD = "netsh advfirewall firewall add rule name=x "
IPSEC = "ipseccmd -w REG -p P "


def keep(text):
    """Leave a rule set for nft."""
    folder = os.environ.get("RULES")
    if folder:
        name = hashlib.sha1(text.encode("utf-8", "replace")).hexdigest()
        pathlib.Path(folder, name + ".nft").write_text(text, encoding="utf-8", errors="replace")


def played(*lines, server=translate.SERVER):
    """The state after these lines, none of which may be refused, and the last step."""
    state, step = translate.State(server), None
    for line in lines:
        step = state.apply(line)
        if step.refused:
            raise AssertionError(f"{line}: {step.refused}")
        for place in "border", "server":
            keep(state.nft(place))
    return state, step


def chain(state, name):
    """The rules of a chain, without counters and comments. For the firewall's chains, without
    those that are always there."""
    rules = [rule.split(" comment ")[0].split(" ", 1)[1] for rule in state.rules()
             if rule.split(" ")[0] == name]
    rules = [" ".join(word for word in rule.split() if word != "counter") for rule in rules]
    return [rule for rule in rules if not rule.startswith(("ct ", "icmpv6 type { 1-4"))]


class Case(unittest.TestCase):
    maxDiff = None

    def becomes(self, table, prefix, name):
        """Each line of the table becomes these rules of the chain."""
        for line, expected in table:
            with self.subTest(line):
                state, step = played(prefix + line)
                self.assertEqual(chain(state, name), expected)
                self.assertTrue(step.text)


class Netsh(Case):
    def becomes(self, table, prefix, name):
        """As for all, with the policy at the end of each chain."""
        policy = "drop" if name.endswith("in") else "accept"
        super().becomes([(line, rules + [policy]) for line, rules in table], prefix, name)

    def test_what_a_rule_becomes(self):
        self.becomes([
            ("protocol=TCP localport=135", ["tcp dport 135 accept"]),
            ("protocol=udp localport=135 remoteport=1024-65535",
             ["udp sport 1024-65535 udp dport 135 accept"]),
            ("protocol=TCP localport=135,5001-5021", ["tcp dport { 135, 5001-5021 } accept"]),
            ("protocol=TCP localport=5001-5021,5010-5030,135",
             ["tcp dport { 135, 5001-5030 } accept"]),
            ("protocol=TCP localport=5001,5002", ["tcp dport { 5001, 5002 } accept"]),
            ("protocol=TCP localport=0-65535", ["meta l4proto tcp accept"]),
            ("protocol=TCP localport=any", ["meta l4proto tcp accept"]),
            ("protocol=6 localport=RPC-EPMap", ["tcp dport 135 accept"]),
            ("protocol=TCP localport=rpc", ["tcp dport 49152-65535 accept"]),
            ("protocol=any", ["accept"]),
            ("profile=any edge=no security=notrequired interfacetype=any description=d",
             ["accept"]),
            ("profile=public,private,domain", ["accept"]),
            ("enable=no", []),
            ("protocol=icmpv4", ["meta nfproto ipv4 meta l4proto icmp accept"]),
            ("protocol=icmpv4:8,0", ["icmp type 8 icmp code 0 accept"]),
            ("protocol=icmpv4:8,any", ["icmp type 8 accept"]),
            ("protocol=icmpv6:128,any", ["icmpv6 type 128 accept"]),
            ("protocol=icmpv6 remoteip=fd00::1",
             ["ip6 saddr fd00::1 meta l4proto ipv6-icmp accept"]),
            ("protocol=47 remoteip=10.1.1.2", ["ip saddr 10.1.1.2 meta l4proto 47 accept"]),
            ("remoteip=10.1.1.2", ["ip saddr 10.1.1.2 accept"]),
            ("remoteip=10.1.1.7/24", ["ip saddr 10.1.1.0/24 accept"]),
            ("remoteip=10.1.1.0/255.255.255.0", ["ip saddr 10.1.1.0/24 accept"]),
            ("remoteip=10.1.1.5-10.1.1.9", ["ip saddr 10.1.1.5-10.1.1.9 accept"]),
            ("remoteip=10.1.0.0/16,10.1.1.0/24,10.3.3.3",
             ["ip saddr { 10.1.0.0/16, 10.3.3.3 } accept"]),
            ("remoteip=0.0.0.0/0", ["ip saddr 0.0.0.0/0 accept"]),
            ("remoteip=LocalSubnet", ["ip saddr 10.2.2.0/24 accept",
                                      "ip6 saddr { fd00:2:2::/64, fe80::/64 } accept"]),
            ("protocol=TCP localport=135 remoteip=10.1.1.0/24,fd00:1:1::/64",
             ["ip saddr 10.1.1.0/24 tcp dport 135 accept",
              "ip6 saddr fd00:1:1::/64 tcp dport 135 accept"]),
            ("localip=10.2.2.2 remoteip=10.1.1.2,fd00::1",
             ["ip saddr 10.1.1.2 ip daddr 10.2.2.2 accept"]),
        ], ADD + "dir=in action=allow ", "firewall_in")

    def test_outbound_swaps_the_ends(self):
        self.becomes([
            ("protocol=TCP remoteport=4444", ["tcp dport 4444 drop"]),
            ("protocol=UDP localport=69 remoteip=10.1.1.0/24 localip=10.2.2.2",
             ["ip saddr 10.2.2.2 ip daddr 10.1.1.0/24 udp sport 69 drop"]),
        ], ADD + "dir=out action=block ", "firewall_out")

    def test_a_block_stands_before_all_that_allow(self):
        allow = ADD + "dir=in action=allow protocol=TCP localport=135 remoteip=10.1.1.0/24"
        block = ADD.replace("=x", "=y") + "dir=in action=block protocol=TCP localport=100-200"
        for order in ([allow, block], [block, allow]):
            state, step = played(*order)
            self.assertEqual(chain(state, "firewall_in"), [
                "tcp dport 100-200 drop", "ip saddr 10.1.1.0/24 tcp dport 135 accept", "drop"])
        self.assertIn('rule "y" of line 1 blocks the same packets, or some of them: a block beats '
                      "an allow, whatever the order", step.notes)

    def test_no_word_of_a_block_that_hits_other_packets(self):
        base = "dir=in action=%s protocol=%s localport=%s remoteip=%s"
        for other in (("block", "TCP", "136", "any"), ("block", "UDP", "135", "any"),
                      ("block", "TCP", "135", "10.1.2.0/24"), ("block", "TCP", "135", "fd00::1"),
                      ("allow", "TCP", "135", "any")):
            state, step = played(ADD + base % other,
                                 ADD + base % ("allow", "TCP", "135", "10.1.1.0/24"))
            self.assertEqual([note for note in step.notes if "beats" in note], [], other)
        state, step = played(ADD + "dir=in action=block protocol=icmpv4:8,any",
                             ADD + "dir=in action=allow protocol=icmpv4:0,any")
        self.assertEqual(step.notes, [])

    def test_policy(self):
        base = "netsh advfirewall set allprofiles firewallpolicy "
        for value, inbound, outbound in (
                ("blockinbound,allowoutbound", "drop", "accept"),
                ("AllowInbound,BlockOutbound", "accept", "drop"),
                ("notconfigured,notconfigured", "drop", "accept")):
            state, step = played(base + value)
            self.assertEqual(chain(state, "firewall_in"), [inbound])
            self.assertEqual(chain(state, "firewall_out"), [outbound])
        state, step = played(ADD + "dir=in action=allow", base + "blockinboundalways,allowoutbound")
        self.assertEqual(chain(state, "firewall_in"), ["drop"])
        self.assertIn("line 2: blockinboundalways", state.nft())

    def test_off_on_reset(self):
        rule = ADD + "dir=in action=allow"
        off = "netsh advfirewall set allprofiles state off"
        state, step = played(rule, off)
        self.assertEqual(state.rules(), [])
        self.assertEqual(step.added, [])
        self.assertIn("# No rule is in effect.", state.nft())
        step = state.apply(rule)
        self.assertIn("the firewall is off, so it has no effect yet", step.notes)
        step = state.apply("netsh advfirewall set currentprofile state on")
        self.assertEqual(chain(state, "firewall_in"), ["accept", "accept", "drop"])
        step = state.apply("netsh advfirewall reset")
        self.assertEqual(chain(state, "firewall_in"), ["drop"])
        self.assertEqual(len(step.removed), 2)

    def test_delete_and_set(self):
        add = "netsh advfirewall firewall add rule dir=in action=allow protocol=TCP "
        lines = [add + 'name="a b" localport=135', add + 'name="A B" localport=5001-5021,6001',
                 add + "name=c localport=7"]
        delete = "netsh advfirewall firewall delete rule "
        state, step = played(*lines, delete + 'name="a b" protocol=6 localport=6001,5001-5021')
        self.assertEqual(step.text, 'deleted: "A B" (line 2)')
        self.assertEqual(chain(state, "firewall_in"),
                         ["tcp dport 135 accept", "tcp dport 7 accept", "drop"])
        state, step = played(*lines, delete + 'name="A b" dir=in')
        self.assertEqual(chain(state, "firewall_in"), ["tcp dport 7 accept", "drop"])
        state, step = played(*lines, delete + "name=ALL")
        self.assertEqual(chain(state, "firewall_in"), ["drop"])
        change = "netsh advfirewall firewall set rule "
        state, step = played(*lines, change + "name=c new action=block remoteip=10.1.1.0/24 name=d")
        self.assertEqual(chain(state, "firewall_in")[0], "ip saddr 10.1.1.0/24 tcp dport 7 drop")
        self.assertIn('comment "line 4: d"', state.nft())
        state, step = played(*lines, change + 'name="a b" localport=135 new enable=no')
        self.assertEqual(len(chain(state, "firewall_in")), 3)
        self.assertIn("it is not enabled (enable=no), so it has no effect yet", step.notes)

    def test_show_changes_nothing(self):
        for line in ("netsh advfirewall show allprofiles", "netsh advf export c:\\x",
                     "netsh adv f show rule name=all", "netsh advfirewall firewall dump"):
            state, step = played(line)
            self.assertEqual((state.rules(), step.refused), ([], None))

    def test_rpc_follows_the_range(self):
        state, step = played(ADD + "dir=in action=allow protocol=TCP localport=RPC,RPC-EPMap",
                             "rpccfg -pe 5001-5021 -d 0")
        self.assertEqual(chain(state, "firewall_in"),
                         ["tcp dport { 135, 5001-5021 } accept", "drop"])
        self.assertEqual([rule.split(" counter")[0] for rule in step.removed + step.added],
                         ["firewall_in tcp dport { 135, 49152-65535 }",
                          "firewall_in tcp dport { 135, 5001-5021 }"])


class Ipsec(Case):
    def test_what_a_filter_becomes(self):
        self.becomes([
            ("*=0:135:TCP", ["meta nfproto ipv4 tcp dport 135 drop"]),
            ("*+0:135:tcp", ["meta nfproto ipv4 tcp dport 135 drop"]),
            ("*:135=0:*:TCP", ["meta nfproto ipv4 tcp sport 135 drop"]),
            ("*:1=0:2:UDP", ["meta nfproto ipv4 udp sport 1 udp dport 2 drop"]),
            ("*=0", ["meta nfproto ipv4 drop"]),
            ("*=*", ["meta nfproto ipv4 drop"]),
            ("*=0::TCP", ["ip protocol tcp drop"]),
            ("*=0::6", ["ip protocol tcp drop"]),
            ("*=0::ICMP", ["ip protocol icmp drop"]),
            ("*=0::RAW", ["ip protocol 255 drop"]),
            ("*=0::47", ["ip protocol 47 drop"]),
            ("10.1.1.2=0:135:TCP", ["ip saddr 10.1.1.2 tcp dport 135 drop"]),
            ("10.1.1.0/255.255.255.0=0:135:TCP", ["ip saddr 10.1.1.0/24 tcp dport 135 drop"]),
            ("10.1.1.0/24=10.2.2.2:135:TCP",
             ["ip saddr 10.1.1.0/24 ip daddr 10.2.2.2 tcp dport 135 drop"]),
            ("10.1.*=0", ["ip saddr 10.1.0.0/16 drop"]),
            ("10.1.*.*=0", ["ip saddr 10.1.0.0/16 drop"]),
            ("10.1.1.*=0", ["ip saddr 10.1.1.0/24 drop"]),
            ("0.0.0.0/0=0::ICMP", ["ip protocol icmp drop"]),
            ("0=*:4444:TCP", []),
            ("*=10.9.9.9:135:TCP", []),
            ("*=0:135:TCP *=0:5001:TCP", ["meta nfproto ipv4 tcp dport 135 drop",
                                          "meta nfproto ipv4 tcp dport 5001 drop"]),
            ("(*=0:135:TCP)", ["meta nfproto ipv4 tcp dport 135 accept"]),
        ], IPSEC + "-r R -x -n BLOCK -f ", "ipsec_in")

    def test_what_it_becomes_on_the_way_out(self):
        self.becomes([
            ("*=0:135:TCP", []),
            ("*+0:135:TCP", ["meta nfproto ipv4 tcp sport 135 accept"]),
            ("0=*:4444:TCP", ["meta nfproto ipv4 tcp dport 4444 accept"]),
            ("0+10.1.1.0/24", ["ip daddr 10.1.1.0/24 accept"]),
            ("*+*", ["meta nfproto ipv4 accept"]),
            ("*+*:135:TCP", ["meta nfproto ipv4 tcp dport 135 accept",
                             "meta nfproto ipv4 tcp sport 135 accept"]),
            ("10.2.2.0/24+10.1.1.0/24",
             ["ip saddr 10.2.2.0/24 ip daddr 10.1.1.0/24 accept"]),
            ("[0=*:69:UDP]", ["meta nfproto ipv4 udp dport 69 drop"]),
        ], IPSEC + "-r R -x -n PASS -f ", "ipsec_out")

    def test_stateless_and_only_ipv4(self):
        state, step = played(IPSEC + "-r R -f *+0:135:TCP *=0 -n BLOCK -x")
        for rule in state.rules():
            self.assertNotIn(" ct ", rule)
            self.assertIn("ipv4", rule)
        self.assertIn("(IPv4 only)", step.text)
        self.assertIn("over IPv6 nothing is blocked", step.notes[0])

    def test_the_most_specific_filter_comes_first(self):
        filters = ["*=0", "*=0::ICMP", "*=0:135:TCP", "*:1=0:135:TCP", "10.1.0.0/16=0",
                   "10.1.1.0/24=0::TCP", "10.1.1.2=0", "10.1.1.2=0:135:TCP"]
        state, step = played(IPSEC + "-x -r R -n BLOCK -f " + " ".join(filters))
        expected = ["ip saddr 10.1.1.2 tcp dport 135 drop", "ip saddr 10.1.1.2 drop",
                    "ip saddr 10.1.1.0/24 ip protocol tcp drop", "ip saddr 10.1.0.0/16 drop",
                    "meta nfproto ipv4 tcp sport 1 tcp dport 135 drop",
                    "meta nfproto ipv4 tcp dport 135 drop", "ip protocol icmp drop",
                    "meta nfproto ipv4 drop"]
        self.assertEqual(chain(state, "ipsec_in"), expected)
        for seed in range(5):
            random.Random(seed).shuffle(filters)
            lines = [IPSEC + f"-r {number} -n BLOCK -f {each}"
                     for number, each in enumerate(filters)]
            state, step = played(*lines, IPSEC + "-x")
            self.assertEqual(chain(state, "ipsec_in"), expected)

    def test_opposites_are_told(self):
        state, step = played(IPSEC + "-r Permit -f 10.1.1.0/24=0:135:TCP -n PASS",
                             IPSEC + "-r Block -f 10.1.1.*=0:135:TCP -n BLOCK", IPSEC + "-x")
        self.assertEqual(chain(state, "ipsec_in"), ["ip saddr 10.1.1.0/24 tcp dport 135 drop",
                                                    "ip saddr 10.1.1.0/24 tcp dport 135 accept"])
        state, step = played(IPSEC + "-r Permit -f 10.1.1.0/24=0:135:TCP -n PASS",
                             IPSEC + "-r Block -f 10.1.1.*=0:135:TCP -n BLOCK")
        self.assertIn('rule "Permit" says the opposite of the same packets; which one wins on '
                      "Windows is not certain, here it is BLOCK", step.notes)

    def test_what_concerns_nobody_is_told(self):
        state, step = played(IPSEC + "-r R -f 10.1.1.2=10.9.9.9:135:TCP -n BLOCK")
        self.assertIn("no packet of the server is like that, so it does nothing here", step.notes)

    def test_assign_unassign_delete(self):
        state, step = played(IPSEC + "-r R -f *=0:135:TCP -n BLOCK")
        self.assertEqual((step.added, state.rules()), ([], []))
        self.assertIn("no effect until the policy is assigned (-x)", step.notes)
        rule = ['ipsec_in meta nfproto ipv4 tcp dport 135 counter drop comment "line 1: R"']
        step = state.apply("ipsecpol.exe -w reg -p p -X")
        self.assertEqual((step.added, step.removed, state.rules()), (rule, [], rule))
        step = state.apply(IPSEC + "-y")
        self.assertEqual((step.added, step.removed, state.rules()), ([], rule, []))
        step = state.apply(IPSEC + "-y")
        self.assertEqual(step.text, 'policy "P" was not assigned; nothing changes')
        state.apply(IPSEC + "-x")
        step = state.apply(IPSEC + "-o")
        self.assertEqual((step.removed, state.rules()), (rule, []))
        self.assertEqual(step.notes, ['policy "P" is deleted, with its 1 rules'])
        self.assertEqual(state.apply(IPSEC + "-x").refused.word, "-p P")

    def test_unassign_and_delete_in_one_line(self):
        state, step = played(IPSEC + "-r R -f *=0 -n BLOCK -x", IPSEC + "-y -o")
        self.assertEqual((state.rules(), len(step.removed)), ([], 1))

    def test_one_policy_at_a_time(self):
        other = IPSEC.replace("P ", '"Q q" ')
        state, step = played(IPSEC + "-r R -f *=0:135:TCP -n BLOCK -x",
                             other + "-r R -f *=0:5001:TCP -n BLOCK", other + "-x")
        self.assertEqual(chain(state, "ipsec_in"), ["meta nfproto ipv4 tcp dport 5001 drop"])
        self.assertIn('policy "P" is not assigned any more: there can be only one', step.notes)
        step = state.apply(IPSEC + "-o")
        self.assertEqual(step.removed, [])

    def test_a_rule_can_be_changed(self):
        first = IPSEC + "-r R -f *=0:135:TCP -n BLOCK -x"
        state, step = played(first, IPSEC + "-r r -n PASS")
        self.assertEqual(chain(state, "ipsec_in"), ["meta nfproto ipv4 tcp dport 135 accept"])
        state, step = played(first, IPSEC + "-r R -f *=0:136:TCP")
        self.assertEqual(chain(state, "ipsec_in"), ["meta nfproto ipv4 tcp dport 136 drop"])

    def test_polling_and_show(self):
        state, step = played('ipseccmd -w REG -p "P":30 -r R -f *=0 -n BLOCK',
                             IPSEC + "-x -confirm", "ipseccmd show all")
        self.assertEqual(len(state.rules()), 1)


class Ranges(Case):
    KEY = "reg add HKLM\\SOFTWARE\\Microsoft\\Rpc\\Internet "

    def test_ranges(self):
        for line, expected in (
                ("rpccfg -pe 5001-5021 -d 0", "5001-5021"),
                ("RpcCfg.exe /d 0 /pe 5001-5021", "5001-5021"),
                ("rpccfg -pe 5001-5010 5011-5021 -d 0", "5001-5021"),
                ("rpccfg -pe 5002 5001 -d 0", "5001-5002"),
                ("netsh int ipv4 set dynamicport tcp start=5001 num=255", "5001-5255"),
                ("netsh interface ip set dynamicportrange protocol=tcp startport=1025 "
                 "numberofports=64511 store=persistent", "1025-65535"),
                ("netsh int ipv4 set dynamicport tcp 10000 1000", "10000-10999")):
            with self.subTest(line):
                state, step = played(line)
                self.assertEqual((step.range, state.range, state.rules()), (expected, expected, []))
                self.assertEqual(translate.setting(state.range), f'range = "{expected}"')
                self.assertIn(f'range = "{expected}"', state.nft())

    def test_questions_change_nothing(self):
        for line in ("rpccfg -q", "netsh int ipv4 show dynamicport tcp", "rpccfg -r",
                     "reg query HKLM\\SOFTWARE\\Microsoft\\Rpc\\Internet", self.KEY + "/f"):
            state, step = played(line)
            self.assertEqual((step.range, state.range), (None, "49152-65535"))

    def test_registry(self):
        ports = self.KEY + "/v Ports /t REG_MULTI_SZ /d 5001-5010\\05011-5021 /f"
        available = self.KEY + "/v PortsInternetAvailable /t REG_SZ /d Y /f"
        use = self.KEY + "/v UseInternetPorts /d y"
        for order in ((ports, available, use), (use, ports, available)):
            state, step = played(*order[:2])
            self.assertEqual(step.range, None)
            self.assertIn("the range changes when the key has", step.text)
            self.assertEqual(state.apply(order[2]).range, "5001-5021")
        delete = "reg delete HKEY_LOCAL_MACHINE\\Software\\Microsoft\\RPC\\Internet\\ "
        self.assertEqual(state.apply(delete + "/v Ports /f").range, "49152-65535")
        self.assertEqual(state.apply(ports).range, "5001-5021")
        self.assertEqual(state.apply(delete + "/f").range, "49152-65535")
        state, step = played(available, use, self.KEY +
                             "/v Ports /t REG_MULTI_SZ /s ; /d 5001;5002-5021")
        self.assertEqual(state.range, "5001-5021")

    def test_rpc_wins_over_the_range_of_all(self):
        dynamic = "netsh int ipv4 set dynamicport tcp start=6001 num=255"
        state, step = played("rpccfg -pe 5001-5021 -d 0", dynamic)
        self.assertEqual((step.range, state.range), (None, "5001-5021"))
        self.assertIn("the range that RPC has of its own goes on (rpccfg -r ends it); other "
                      "programs use 6001-6255", step.notes)
        self.assertEqual(state.apply("rpccfg -r").range, "6001-6255")

    def test_low_ports_are_warned_of(self):
        state, step = played("rpccfg -pe 100-200 -d 0")
        self.assertEqual((step.range, step.notes), ("100-200", [
            "ports below 1024 are other services' own: what takes its port from here may be in "
            "their way, and 135 is the mapper's"]))
        self.assertNotIn("135", played("rpccfg -pe 600-700 -d 0")[1].notes[0])
        self.assertEqual(played("rpccfg -pe 1024-1100 -d 0")[1].notes, [])


if __name__ == "__main__":
    unittest.main()
