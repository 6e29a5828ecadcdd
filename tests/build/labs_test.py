"""Tests of labs/engine without hosts: run by labs.sh."""

import csv
import json
import os
import re
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "labs"))

from engine import expect, lab, ladder, output, play, rulefile, scan, stage, table, trace  # noqa: E402
from engine.stage import LabError, RuleError  # noqa: E402
from engine.table import Cell, Service  # noqa: E402
from engine.topology import Topology  # noqa: E402

ECHO, CALC = Service("echo", "1.0"), Service("calc")


class Expect(unittest.TestCase):
    def test_reads_a_table(self):
        text = """
            # a comment
            rules: closed.nft at border do=kill,STOP,echo

                        | echo v1.0 | calc      # and another
            inside      | . . X -   |
            guest6      | X---      | ?
        """
        (found,) = expect.parse(text.replace("            ", ""))
        self.assertEqual((found.rules, found.place), ("closed.nft", "border"))
        self.assertEqual(found.options, {"do": "kill,STOP,echo"})
        self.assertEqual([service.label for service in found.services], ["echo v1.0", "calc"])
        self.assertEqual(found.sources, ["inside", "guest6"])
        self.assertEqual(found.wanted("inside", ECHO), "..X-")
        self.assertEqual(found.wanted("guest6", ECHO), "X---")
        self.assertIsNone(found.wanted("inside", CALC))
        self.assertIsNone(found.wanted("guest6", CALC))
        self.assertIsNone(found.wanted("outside", ECHO))

    def test_reads_several(self):
        found = expect.parse("rules: a\n | echo\ninside | . . . .\nrules: b at server\n | calc\nguest | n---")
        self.assertEqual([(each.rules, each.place) for each in found], [("a", None), ("b", "server")])
        self.assertEqual(found[1].wanted("guest", CALC), "n---")
        self.assertEqual(expect.parse("# nothing\n\n"), [])

    def test_reads_lines(self):
        (found,) = expect.parse("allow inside echo v1.0\ndeny guest *\nallow * calc\n")
        self.assertEqual(found.wanted("inside", ECHO), "....")
        self.assertEqual(found.wanted("guest", ECHO), "deny")
        self.assertEqual(found.wanted("guest", CALC), "....")  # the last line that fits counts
        self.assertIsNone(found.wanted("inside", Service("echo", "2.0")))

    def test_fits(self):
        self.assertTrue(expect.fits("..X-", None))
        self.assertTrue(expect.fits("..X-", "deny"))
        self.assertFalse(expect.fits("....", "deny"))
        self.assertTrue(expect.fits("..X-", "..X-"))
        self.assertFalse(expect.fits("..R-", "..X-"))

    def test_reads_a_table_of_scans(self):
        text = "rules: a at border scan=outside6\n | 135 | 445 |\nsyn | open | filtered\nfin|open|filtered | ?\n"
        with self.assertRaisesRegex(expect.ExpectError, "x:4: 'fin\|open\|filtered' is no kind of scan"):
            expect.parse(text, "x")  # a bar needs a blank before it
        (found,) = expect.parse(text.replace("fin|", "fin | "))
        self.assertTrue(found.is_scan)
        self.assertEqual(found.wanted("syn", Service("445")), "filtered")
        self.assertEqual(found.wanted("fin", Service("135")), "open|filtered")
        self.assertIsNone(found.wanted("fin", Service("445")))

    def test_says_what_is_wrong(self):
        table_head = " | echo | calc\n"
        scan_head = "rules: a scan=outside\n | 135\n"
        for text, error in {
            "inside | . . . .": "x:1: a row before the line that names the services",
            "hello": "x:1: neither a row of a table (source | . . X -) nor allow or deny: 'hello'",
            "allow inside": "x:1: 'allow' needs a source and a service: allow inside echo",
            table_head + "inside | . | . | .": "x:2: inside has 3 cells for 2 services",
            table_head + "inside | . . .": "x:2: '. . .' is not four of . X R n a ! -",
            table_head + "\n#\ninside | . . z -": "x:4: '. . z -' is not four of . X R n a ! -",
            scan_head + "sny | open": "x:3: 'sny' is no kind of scan; there are syn, connect, fin, null, xmas, ack, udp",
            scan_head + "syn | shut": "x:3: 'shut' is no state of a port; there are open, closed, filtered,"
            " unfiltered, open|filtered, closed|filtered",
            "rules: a scan=outside\n | echo\nsyn | open": "x:3: the columns of a table of scans are ports, not 'echo'",
            scan_head + "deny syn 135": "x:3: neither a row of a table (source | . . X -) nor allow or deny:"
            " 'deny syn 135'",
        }.items():
            with self.assertRaises(expect.ExpectError, msg=text) as caught:
                expect.parse(text, "x")
            self.assertEqual(str(caught.exception), error)


class Glyphs(unittest.TestCase):
    # What becomes of a cause at each step; the causes are those that epmap knows.
    CAUSES = {
        "timeout": "X",
        "reset": "R",
        "unreachable": "R",
        "not-registered": "n",
        "access-denied": "a",
        "insecure": "!",
        "closed-by-peer": "!",
        "bind-rejected": "!",
        "fault": "!",
        "protocol-error": "!",
        "too-busy": "!",
        "name-not-found": "!",
    }
    STEPS = {"connect-mapper": 0, "bind-mapper": 0, "map": 1, "connect-service": 2, "bind-service": 3, "call": 3}

    def test_every_cause(self):
        with open(os.path.join(TOP, "rpc/cause.c"), encoding="utf-8") as file:
            causes = re.findall(r'\[CAUSE_\w+\] = "([\w-]+)"', file.read())
        self.assertGreater(len(causes), 15)
        for cause in causes:
            if cause == "ok":
                continue
            glyph = "R" if cause.startswith("icmp-") else self.CAUSES[cause]
            for step, reached in self.STEPS.items():
                found = table.glyphs_of({"step": step, "cause": cause})
                self.assertEqual(found, ("." * reached + glyph + "---")[:4], (step, cause))

    def test_done_and_before_the_first(self):
        self.assertEqual(table.glyphs_of({"step": "done", "cause": "ok"}), "....")
        self.assertEqual(table.glyphs_of({"step": "resolve", "cause": "name-not-found"}), "!---")
        with self.assertRaisesRegex(LabError, "epmap named no step"):
            table.glyphs_of({"cause": "reset"})

    def test_services(self):
        self.assertEqual(Service.parse(" calc v1.2 "), Service("calc", "1.2"))
        self.assertEqual((Service.parse("calc v1.2").iface, Service.parse("calc").label), ("calc,1.2", "calc"))
        self.assertEqual(table._port("ncacn_ip_tcp:10.2.2.2[5001]"), 5001)
        for none in (None, "", "ncalrpc:[echo]", "ncacn_ip_tcp:10.2.2.2"):
            self.assertIsNone(table._port(none))


ETHER = "ether saddr 86:a3:56:67:46:48 ether daddr 4e:64:47:9f:86:c7 "


def packet(number, hook, source, server, sport, dport, flags="syn"):
    """A line as nft 1.0.6 prints it."""
    ip = "ip6" if ":" in source else "ip"
    rest = "ip6 hoplimit 63 ip6 flowlabel 562263 ip6 nexthdr tcp ip6 length 40" if ip == "ip6" else (
        "ip ttl 63 ip id 5660 ip protocol tcp ip length 60"
    )
    return (
        'trace id %s inet %s packet: iif "guest" oif "server" %s%s saddr %s %s daddr %s %s dscp cs0 %s ecn not-ect '
        "%s tcp sport %d tcp dport %d tcp flags == %s tcp window 64240 \n"
    ) % (number, hook, ETHER, ip, source, ip, server, ip, ip, rest, sport, dport, flags)


class FakeStage:
    """What Tracer.find asks of a stage."""

    def __init__(self, handles):
        self.topology = Topology()
        self._handles = handles

    def handles(self, _place):
        return self._handles


class Trace(unittest.TestCase):
    GUEST, INSIDE6 = "10.1.9.2", "fd00:1:1::2"
    SERVER, SERVER6 = "10.2.2.2", "fd00:2:2::2"

    def tracer(self, lines, handles=None):
        tracer = trace.Tracer.__new__(trace.Tracer)
        tracer.stage, tracer.place = FakeStage(handles or {}), "border"
        tracer.drops, tracer.lines, tracer._packets, tracer._handles = [], [], {}, None
        tracer._opened, tracer._marks = set(), set()
        for line in lines:
            tracer.feed(line)
        return tracer

    def test_a_rule_behind_two_hooks_and_a_jump(self):
        rule = "tcp dport 5002 counter packets %d bytes 0 reject with icmpx admin-prohibited"
        tracer = self.tracer(
            [
                packet("750f4cf9", "epmlab_trace prerouting", self.GUEST, self.SERVER, 45894, 5002),
                "trace id 750f4cf9 inet epmlab_trace prerouting rule meta l4proto tcp meta nftrace set 1 (verdict continue)",
                "trace id 750f4cf9 inet epmlab_trace prerouting policy accept ",
                packet("750f4cf9", "border pre", self.GUEST, self.SERVER, 45894, 5002),
                "trace id 750f4cf9 inet border pre policy accept ",
                packet("750f4cf9", "border forward", self.GUEST, self.SERVER, 45894, 5002),
                "trace id 750f4cf9 inet border forward rule tcp dport 5001-5021 jump range (verdict jump range)",
                "trace id 750f4cf9 inet border range rule %s (verdict drop)" % (rule % 0),
            ],
            {("inet", "border", "range", stage.without_counts(rule % 17)): 9},
        )
        found = tracer.find(self.GUEST, self.SERVER, 5002)
        self.assertEqual(
            found.as_dict(),
            {
                "place": "border",
                "family": "inet",
                "table": "border",
                "chain": "range",
                "rule": "tcp dport 5002 counter reject with icmpx admin-prohibited",
                "handle": 9,
            },
        )
        self.assertEqual(str(found), 'rule "%s" (handle 9)' % found.text)
        self.assertIsNone(tracer.find(self.GUEST, self.SERVER, 135))
        self.assertIsNone(tracer.find("10.1.1.2", self.SERVER, 5002))

    def test_a_policy_over_ipv6(self):
        tracer = self.tracer(
            [
                packet("28d26d4f", "border forward", self.INSIDE6, self.SERVER6, 48458, 445),
                "trace id 28d26d4f inet border forward policy drop ",
            ]
        )
        found = tracer.find(self.INSIDE6, self.SERVER6, 445)
        self.assertEqual((found.text, found.chain, found.handle), ("policy drop", "forward", None))

    def test_an_id_that_is_used_again(self):
        tracer = self.tracer(
            [
                packet("631dae83", "border forward", self.GUEST, self.SERVER, 36874, 5001),
                "trace id 631dae83 inet border forward rule tcp dport 5001 accept (verdict accept)",
                packet("44", "border forward", self.GUEST, self.SERVER, 43100, 5003),
                packet("631dae83", "border forward", self.SERVER, self.GUEST, 5003, 43100, "0x12"),
                'trace id 631dae83 inet border forward rule tcp sport 5003 counter name "c" log prefix "x" drop (verdict drop)',
            ]
        )
        self.assertIsNone(tracer.find(self.GUEST, self.SERVER, 5001))
        found = tracer.find(self.GUEST, self.SERVER, 5003)  # the answer was taken
        self.assertEqual(found.text, 'tcp sport 5003 counter name "c" log prefix "x" drop')

    def test_an_answer_to_a_client_from_before(self):
        lines = [
            packet("1", "border forward", self.SERVER, self.GUEST, 5003, 43100, "0x12"),
            "trace id 1 inet border forward rule tcp sport 5003 drop (verdict drop)",
        ]
        self.assertIsNone(self.tracer(lines).find(self.GUEST, self.SERVER, 5003))
        opening = packet("2", "border forward", self.GUEST, self.SERVER, 43100, 5003)
        self.assertIsNotNone(self.tracer([opening] + lines).find(self.GUEST, self.SERVER, 5003))

    def test_what_is_passed_over(self):
        udp = packet("1", "border forward", self.GUEST, self.SERVER, 1, 135).replace("tcp", "udp")
        tracer = self.tracer(
            [
                "",
                "add table inet border",
                "trace id 2 inet border forward rule tcp dport 135 drop (verdict drop)",  # of no packet that is known
                udp,
                "trace id 1 inet border forward rule udp dport 135 drop (verdict drop)",
                packet("3", "border forward", self.GUEST, self.SERVER, 1, 135),
                "trace id 3 inet border forward verdict continue ",
                "trace id 3 inet border forward policy accept ",
            ]
        )
        self.assertEqual(tracer.drops, [])


class Scan(unittest.TestCase):
    def test_reads_nmap(self):
        text = (
            '<?xml version="1.0"?><nmaprun><host><ports>'
            '<port protocol="tcp" portid="135"><state state="open" reason="syn-ack" reason_ttl="63"/></port>'
            '<port protocol="tcp" portid="445"><state state="filtered" reason="admin-prohibited" '
            'reason_ip="10.1.1.1" reason_ttl="64"/></port>'
            '<port protocol="tcp" portid="7"><state state="open|filtered" reason="no-response" reason_ttl="0"/></port>'
            "</ports></host></nmaprun>"
        )
        self.assertEqual(
            scan.parse_xml(text),
            {
                "135": ("open", "syn-ack ttl 63"),
                "445": ("filtered", "admin-prohibited ttl 64 from 10.1.1.1"),
                "7": ("open|filtered", "no-response"),
            },
        )

    def test_without_nmap(self):
        with unittest.mock.patch.dict(os.environ, PATH="/nowhere"):
            with self.assertRaisesRegex(LabError, "nmap is not installed(.|\n)*apt-get install nmap"):
                scan.Scanner(FakeStage({}), "outside")


def tables(title="rules: a.nft at border"):
    """One cell that is done and right, one that is wrong."""
    (wanted,) = expect.parse(" | echo v1.0 | calc\ninside | . . . . | . . X -")
    decision = trace.Decision("border", "inet", "t", "c", 'tcp dport 1 comment "<=,\x1b" drop', None)
    cells = {
        ("inside", "echo v1.0"): Cell("inside", ECHO, "....", {"step": "done", "cause": "ok"}),
        ("inside", "calc"): Cell(
            "inside", CALC, "..R-", {"step": "connect-service", "cause": "reset", "win32": 1722}, decision, True
        ),
    }
    return [output.Table(title, ["inside"], [ECHO, CALC], cells, wanted, 1.5)]


class Output(unittest.TestCase):
    NASTY = 'rules: <b>"a" & #1</b>\nx'

    def test_text(self):
        self.assertEqual(
            output.text(tables()).splitlines(),
            [
                "rules: a.nft at border",
                "    found      | echo v1.0 | calc      expected   | echo v1.0 | calc",
                "    inside     | . . . .   | . . R -   inside     | . . . .   | . . X -",
                '    D of inside: rule "tcp dport 1 comment "<=, " drop" at border',
                "    wrong 1 of 2:",
                "      inside/calc D expected 'X', got 'R': rule \"tcp dport 1 comment \"<=, \" drop\" at border,"
                " reset, Win32 1722 (and not every time)",
            ],
        )
        right = tables()
        right[0].expectation = expect.parse(" | calc\ninside | . . R -")[0]
        self.assertEqual(
            output.text(right).splitlines()[1:3],
            ["               | echo v1.0 | calc", "    inside     | . . . .   | . . R -"],
        )
        right[0].expectation = None
        self.assertNotIn("wrong", output.text(right))
        with unittest.mock.patch.object(output, "WIDE", 50):
            self.assertEqual(output.text(tables()).splitlines()[3], "    expected   | echo v1.0 | calc")
        self.assertIn("\033[31m. . R -\033[0m", output.text(tables(), colour=True))

    def test_tap(self):
        lines = output.tap(tables(self.NASTY)).splitlines()
        self.assertEqual(lines[1], "1..2")
        self.assertEqual([line for line in lines[2:] if not re.match(r"(not )?ok \d - [^#]*$|# ", line)], [])

    def test_junit(self):
        suite = xml.etree.ElementTree.fromstring(output.junit(tables(self.NASTY))).find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("failures"), suite.get("time")), ("2", "1", "1.50"))
        self.assertIn("D expected 'X', got 'R'", suite.find("testcase/failure").get("message"))

    def test_json(self):
        first, second = json.loads(output.as_json(tables(self.NASTY)))
        self.assertEqual((first["rules"], first["right"], first["decided_by"]), (self.NASTY, True, None))
        self.assertEqual((second["steps"], second["expected"], second["flaky"]), ("..R-", "..X-", True))

    def test_csv(self):
        rows = list(csv.DictReader(output.as_csv(tables("=1+1")).splitlines()))
        self.assertEqual([row["steps"] for row in rows], ["....", "..R-"])
        self.assertEqual(rows[0]["rules"], "'=1+1")  # no formula
        self.assertTrue(rows[1]["rule"].startswith("tcp dport 1"))

    def test_html(self):
        page = output.as_html(tables(self.NASTY))
        self.assertNotIn("<b>", page)
        self.assertIn("&lt;b&gt;", page)
        self.assertNotRegex(page, r"https?:|<script|<link|src=")

    def test_denied(self):
        cell = Cell("guest", ECHO, "....", {"step": "done"})
        self.assertEqual(output.difference(cell, "deny"), "guest/echo v1.0 is reached, which was to be denied")


INI = """
[lab]
title = A title
services = echo, calc
range = 7000-7010

[first]
ask = Which of $RANGE?
    a) $FIRST
    b) none
answer = b
do = kill STOP echo
    sysctl border net.ipv4.ip_forward=0
why = $NAMES stay, $1 too, $FIRSTS as well
"""


class Labs(unittest.TestCase):
    def make(self, ini, seed=None):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "98-made-up")
        os.mkdir(path)
        if ini is not None:
            with open(os.path.join(path, "lab.ini"), "w", encoding="utf-8") as file:
                file.write(ini)
        return lab.Lab(path, seed)

    def test_reads_a_lab(self):
        one = self.make(INI)
        self.assertEqual((one.number, one.topic, one.services), ("98", "made-up", ["echo", "calc"]))
        (scene,) = one.scenes
        self.assertEqual(scene.ask.splitlines()[:2], ["Which of 7000-7010?", "a) 7000"])
        self.assertEqual(scene.do, ["kill STOP echo", "sysctl border net.ipv4.ip_forward=0"])
        self.assertEqual(scene.why, "$NAMES stay, $1 too, $FIRSTS as well")

    def test_fills_in(self):
        one = self.make(INI)
        text = one.fill_in("$SERVER $SERVER6 $INSIDE_NET $INSIDE_NET6 $INSIDE $FIRST,$LAST. $PS1 $$ $")
        self.assertEqual(text, "10.2.2.2 fd00:2:2::2 10.1.1.0/24 fd00:1:1::/64 10.1.1.2 7000,7010. $PS1 $$ $")

    def test_says_what_is_wrong(self):
        for ini, error in {
            None: "98-made-up has no lab.ini",
            "title = x": "98-made-up: File contains no section headers",
            "[other]\n": "98-made-up: lab.ini has no 'lab'",
            "[lab]\n": "98-made-up: lab.ini has no 'title'",
            INI + "[first]\n": "98-made-up: .*section 'first' already exists",
            INI.replace("answer = b\n", ""): "98-made-up: scene first asks, and its answer '' is none of 'a b'",
            INI.replace("answer = b", "answer = c"): "98-made-up: scene first asks, and its answer 'c' is none of 'a b'",
        }.items():
            with self.assertRaisesRegex(LabError, error):
                self.make(ini)

    def test_refuses_what_it_cannot_do(self):
        player = play.Player.__new__(play.Player)
        player.lab = self.make(INI)
        with self.assertRaisesRegex(LabError, "98-made-up: do: 'fly' is none of server, stop, service, kill"):
            player.do("fly away")

    def test_missing_files(self):
        one = self.make(INI)
        self.assertEqual(one.expectations(), [])
        with self.assertRaisesRegex(LabError, "98-made-up: .*README.md"):
            one.text("README.md")
        with self.assertRaisesRegex(LabError, "there is no lab '97'"):
            lab.find("97")

    def test_hints(self):
        one = self.make(INI)
        with open(one.file("hints"), "w", encoding="utf-8") as file:
            file.write("== 1 ==\nLook.\n== 2 ==\nPort $FIRST.\n")
        self.assertEqual((one.hint(1), one.hint(2)), ("Look.\n", "Port 7000.\n"))
        with self.assertRaisesRegex(LabError, "has no hint 3; there are 1, 2"):
            one.hint(3)

    def test_those_on_disk(self):
        for name in lab.names():
            for seed in (None, 1, "anna"):
                one = lab.find(name, seed)
                known = {scene.name for scene in one.scenes}
                self.assertEqual({each.rules for each in one.expectations()} - known, set(), name)
                texts = [one.text("README.md"), one.text("solution/README.md")]
                texts += [one.hint(level) for level in (1, 2, 3)]
                texts += [scene.ask + scene.why for scene in one.scenes]
                for text in texts:
                    self.assertEqual(re.findall(r"\$[A-Z]\w*", text), [], name)


class Topologies(unittest.TestCase):
    def test_names(self):
        one = Topology("full")
        self.assertEqual(one.who("10.3.3.2"), "branch")
        self.assertEqual(one.who("10.3.3.1"), "brouter")
        self.assertEqual(one.who("fd00:1:1::2"), "inside")
        self.assertIsNone(one.who("192.0.2.1"))
        self.assertEqual(one.places(), ["border", "server", "branch"])
        for place in one.places():
            for source in one.sources():
                host, devices = ladder.sides(one, place, source)
                self.assertIn(host, one.hosts())
                self.assertTrue(devices)


class RuleFile(unittest.TestCase):
    def test_kinds(self):
        self.assertEqual(rulefile.kind("table inet a { }"), "nft")
        self.assertEqual(rulefile.kind("# Generated by x\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT"), "iptables")
        self.assertEqual(rulefile.kind("rem x\n@netsh advfirewall firewall add rule"), "windows")

    def test_families_of_iptables(self):
        head = "# Generated by ip%stables-save v1.8.9 on Tue Nov 24 15:12:00 2026\n"
        for text, six in {
            head % "": False,
            head % "6": True,
            "-A FORWARD -s fd00::/8 -j DROP": True,
            "-A FORWARD -d 10.0.0.0/8 -j DROP # 15:12:00": False,
            "-A INPUT -p ipv6-icmp -j ACCEPT": True,
            "-A INPUT -j REJECT --reject-with icmp6-adm-prohibited": True,
        }.items():
            self.assertEqual(bool(rulefile._IPV6.search(text)), six, text)

    def test_lines_are_those_of_the_file(self):
        self.assertEqual(stage._shift_lines("/dev/stdin:4:3-7: Error: x"), "line 3:3-7: Error: x")
        self.assertEqual(stage._shift_lines("/dev/stdin:1:1-1: Error: x"), "line 1:1-1: Error: x")

    def test_what_cannot_be_translated(self):
        text = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m nonsense -j DROP\nCOMMIT\n"
        with self.assertRaisesRegex(RuleError, "iptables"):
            rulefile.read(text, "border", Topology())


if __name__ == "__main__":
    unittest.main()
