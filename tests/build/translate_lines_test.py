"""Tests of labs/engine/translate.py: how lines are read and refused, and the command itself.

translate_refused.txt beside this file has the lines that are refused, with the exact message of
each. Every refusal of the code must have one.
"""

import ast
import json
import pathlib
import random
import subprocess
import sys
import unittest

from translate_test import ENGINE, TOP, chain, keep, played, translate

REFUSED = pathlib.Path(__file__).with_name("translate_refused.txt")
PROGRAM = ENGINE / "translate.py"

BLOCK = "ipseccmd -w REG -p P -r R -f *=0:135:TCP -n BLOCK -x"


LOCALSUBNET = ("netsh advfirewall firewall add rule name=x dir=in action=allow "
               "remoteip=localsubnet")


def refused_lines():
    """(lines, message) of each case of the file."""
    lines = []
    for line in REFUSED.read_text(encoding="utf-8").split("\n"):
        if line.startswith("> "):
            lines.append(line[2:])
        elif lines:
            yield lines, line
            lines = []


class Refusals(unittest.TestCase):
    maxDiff = None

    def test_each_with_its_message(self):
        for lines, message in refused_lines():
            with self.subTest(lines[-1]):
                state, step = played(*lines[:-1])
                rules, ports = state.rules(), state.range
                step = state.apply(lines[-1])
                self.assertEqual(str(step.refused), message)
                self.assertEqual(step.text, f"refused: {message}")
                self.assertEqual((state.rules(), state.range), (rules, ports))
                self.assertIn(f"line {len(lines)}, {step.refused.word}", state.nft())

    def test_blanks_behind_a_caret(self):
        for line in ("rpccfg -r ^ ", "rpccfg ^\t\t", "rpccfg -r^"):
            step = translate.State().apply(line)
            self.assertEqual(str(step.refused), "^: nothing but blanks follows it, so it continues "
                             "no line. Instead: end the line with ^ itself, and go on in the next "
                             "one")

    def test_no_refusal_is_without_a_test(self):
        """Each place in the code that refuses, and each key of its tables, is in the file."""
        seen, words = set(), set()
        begin = translate.Refused.__init__

        def noted(self, word, *rest):
            frame = sys._getframe(1)
            seen.add((pathlib.Path(frame.f_code.co_filename).name, frame.f_lineno))
            words.update(word.replace("=", " ").split())
            begin(self, word, *rest)

        translate.Refused.__init__ = noted
        try:
            for lines, _ in refused_lines():
                state = translate.State()
                for line in lines:
                    state.apply(line)
            translate.State().apply("rpccfg ^ ")
            translate.State(("10.2.2.2",)).apply(LOCALSUBNET)
        finally:
            translate.Refused.__init__ = begin
        for file in sorted([PROGRAM, *ENGINE.glob("windows/*.py")]):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Raise) and getattr(node.exc, "func", None) and \
                        getattr(node.exc.func, "id", None) == "Refused":
                    lines = {(file.name, line) for line in range(node.lineno, node.end_lineno + 1)}
                    self.assertTrue(lines & seen, f"{file.name}:{node.lineno} is never reached")
        for table in (translate.netsh.INEXPRESSIBLE, translate.netsh.ONLY,
                      translate.ipseccmd.INEXPRESSIBLE, translate.OTHERS):
            self.assertEqual(set(table) - words, set())


class Lines(unittest.TestCase):
    def test_continued_lines(self):
        text = ("rem nothing ^\r\n@RPCCFG.EXE ^\r\n  -pe 5001-5021 ^\n -d 0\n\n:: more ^\n"
                'ipseccmd -p "a ^\nb" -w REG -x\n')
        self.assertEqual(list(translate.lines(text)), [
            (1, "rem nothing ^"), (2, "@RPCCFG.EXE   -pe 5001-5021  -d 0"), (5, ""),
            (6, ":: more ^"), (7, 'ipseccmd -p "a ^'), (8, 'b" -w REG -x'), (9, "")])
        state, step = played("rpccfg ^\n-pe 5001-5021 -d 0")
        self.assertEqual(state.range, "5001-5021")

    def test_more_than_one_line_at_a_time(self):
        with self.assertRaises(ValueError):
            translate.State().apply("rpccfg -q\nrpccfg -r")

    def test_what_is_passed_over(self):
        for line in ("", "  ", "rem netsh & x", "@REM", "rem", "::", ":label", "@echo off", "echo.",
                     "pause", "setlocal EnableExtensions", "title a > b", "CLS"):
            state, step = played(line)
            self.assertEqual((step.text, step.added), ("", []), line)

    def test_what_only_looks_like_that(self):
        for line in ("remote -r", "echo y | rpccfg -r", "echos", "rem-x"):
            self.assertTrue(translate.State().apply(line).refused, line)

    def test_words(self):
        for line, expected in (
                (r'"C:\Windows\System32\NETSH.exe" a="b c" "d=e f"', ["netsh", "a=b c", "d=e f"]),
                (r"%SystemRoot%\System32\netsh x", ["netsh", "x"]),
                (r'"%windir%\system32\netsh.exe" x', ["netsh", "x"]),
                (r'reg "a\b\\" c\"d "" \\e', ["reg", "a\\b\\", 'c"d', "", "\\\\e"]),
                ("reg a ^& b^^c \"d ^ & e\"", ["reg", "a", "&", "b^c", "d ^ & e"]),
                ("reg x >nul 2>&1", ["reg", "x"]), ("reg x 1>> NUL", ["reg", "x"]),
                ("\treg\tx ", ["reg", "x"])):
            self.assertEqual(translate.cmdline.words(line), expected, line)

    def test_typographic_signs_may_stand_in_a_name(self):
        state, step = played('netsh advfirewall firewall add rule name="RPC – Zürich" dir=in '
                             "action=block")
        self.assertIn('comment "line 1: RPC – Zürich"', state.nft())

    def test_names_do_not_break_out_of_comments(self):
        for name in ('\\"; flush ruleset; #', r"x\\", "\x1b[31m", "é" * 100, "*", "$x", "\u2028"):
            state, step = played(f'ipseccmd -w REG -p "{name}" -r "{name}" -f *=0 -n BLOCK -x')
            self.assertEqual(len(state.rules()), 1)
            for line in state.nft().split("\n"):
                self.assertTrue(line.count('"') in (0, 2) or line.lstrip()[0] == "#", line)
                self.assertTrue(line.replace("\t", "").isprintable(), line)
            self.assertLessEqual(len(state.rules()[0].split('"')[1].encode()), 128)

    def test_anything_at_all(self):
        """Whatever stands in a line, and whatever stood in others before, it becomes something
        or is refused."""
        good = [line for lines, _ in refused_lines() for line in lines] + [BLOCK]
        chance = random.Random(1)
        for count in range(3000):
            if count % 20 == 0:
                state = translate.State()
            line = chance.choice(good)
            for _ in range(chance.randint(1, 4)):
                at = chance.randrange(len(line) + 1)
                new = chance.choice(["", "", '"', "^", "\\", "=", ",", "-", "/", " ", "9" * 5000,
                                     "²", "\u0661", "\0", "%", ":", "*", "any", "[", "]"])
                line = line[:at] + new + line[at + chance.randint(0, 3):]
            step = state.apply(line)
            self.assertTrue(step.text or translate.cmdline.is_comment(line), line)
            if step.added:
                keep(state.nft("server"))


class States(unittest.TestCase):
    def test_both_mechanisms_have_their_own_hooks(self):
        state, step = played(BLOCK, "netsh advfirewall set allprofiles state on")
        for place, hooks in (("border", ["forward"]), ("server", ["input", "output"])):
            text = state.nft(place, "lab")
            self.assertIn("table inet lab {", text)
            for hook in hooks:
                self.assertIn(f"chain ipsec_{hook} {{\n\t\ttype filter hook {hook} "
                              "priority filter - 10; policy accept;", text)
                self.assertIn(f"chain firewall_{hook} {{\n\t\ttype filter hook {hook} "
                              "priority filter; policy accept;", text)
            self.assertEqual(text.count(" hook "), 2 * len(hooks))

    def test_every_rule_counts_and_says_where_it_comes_from(self):
        state, step = played(BLOCK, "netsh advfirewall set allprofiles state on")
        for place in "border", "server":
            for line in state.nft(place).split("\n"):
                if line.startswith("\t\t") and " hook " not in line:
                    self.assertRegex(line, r'counter (accept|drop|jump \w+) comment "[^"]+"$')

    def test_the_border_looks_at_the_server_only(self):
        state, step = played(BLOCK, server=("192.0.2.1/24",))
        text = state.nft("border")
        self.assertIn("ip daddr 192.0.2.1 counter jump ipsec_in", text)
        self.assertIn("ip saddr 192.0.2.1 counter jump ipsec_out", text)
        self.assertNotIn("ip6", text)

    def test_a_server_without_a_subnet(self):
        step = translate.State(("10.2.2.2", "fd00:2:2::2")).apply(LOCALSUBNET)
        self.assertEqual(str(step.refused), "remoteip=localsubnet: the server's subnet is not "
                         "known. Instead: the subnet itself, or --server with ADDRESS/PREFIX")
        state, step = played(LOCALSUBNET, server=("10.2.2.2/24",))
        self.assertEqual(chain(state, "firewall_in"), ["ip saddr 10.2.2.0/24 accept", "drop"])

    def test_bad_places_and_tables(self):
        for place, table in (("middle", "x"), ("border", "a b"), ("border", "x; flush ruleset")):
            with self.assertRaises(ValueError):
                translate.State().nft(place, table)

    def test_as_a_part_of_a_package(self):
        for folder, name in ((ENGINE, "translate"), (TOP / "labs", "engine.translate"),
                             (TOP, "labs.engine.translate")):
            code = f"import {name} as t; print(t.State().apply('rpccfg -pe 1-2 -d 0').range)"
            done = subprocess.run([sys.executable, "-B", "-c", code], cwd=folder, text=True,
                                  capture_output=True, check=True)
            self.assertEqual(done.stdout, "1-2\n")


class Command(unittest.TestCase):
    def run_it(self, text, *options):
        raw = text if isinstance(text, bytes) else text.encode()
        done = subprocess.run([sys.executable, str(PROGRAM), *options, "-"], input=raw,
                              capture_output=True, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_all_translated(self):
        status, out, err = self.run_it(f"rem x\n{BLOCK}\n", "--place", "server", "--table", "lab")
        self.assertEqual(status, 0)
        keep(out)
        self.assertEqual(out, translate.translate(f"rem x\n{BLOCK}")[0].nft("server", "lab"))
        self.assertEqual(err.split("\n"), [
            'line 2: policy "P", rule "R" blocks *=0:135:TCP (IPv4 only)',
            '    ! policy "P" is assigned: its rules take effect, and over IPv6 nothing is blocked',
            '    + ipsec_in meta nfproto ipv4 tcp dport 135 counter drop comment "line 2: R"', ""])

    def test_something_refused(self):
        status, out, err = self.run_it("rpccfg -pe 5001-5021 -d 0\nrpccfg -x\n")
        self.assertEqual((status, err), (1, "\n".join([
            "line 1: the dynamic range is 5001-5021; Windows takes it at its next start, epmapd "
            "when it starts", '    range = "5001-5021"',
            "line 2: refused: -x: is an option of rpccfg that is not translated. Instead: "
            "-pe LIST -d 0, -q or -r", ""])))
        self.assertIn("# Missing, because it was refused: line 2, -x\n", out)

    def test_json(self):
        status, out, err = self.run_it(f"{BLOCK}\nfoo\nrpccfg -pe 5001-5021 -d 0\n", "--json")
        found = json.loads(out)
        self.assertEqual((status, err, found["range"], found["setting"]),
                         (1, "", "5001-5021", 'range = "5001-5021"'))
        keep(found["nft"])
        self.assertEqual([step["line"] for step in found["steps"]], [1, 2, 3])
        self.assertEqual(found["steps"][0]["refused"], None)
        self.assertEqual(found["steps"][1]["refused"]["word"], "foo")
        self.assertEqual(found["steps"][2]["range"], "5001-5021")
        self.assertEqual(sorted(found["steps"][0]), ["added", "line", "notes", "range", "refused",
                                                     "removed", "source", "text"])

    def test_nothing_to_read(self):
        self.assertEqual(self.run_it("", "--place", "middle")[0], 2)
        self.assertEqual(self.run_it("", "--table", "a b")[0], 2)
        self.assertEqual(self.run_it("", "--server", "x")[0], 2)
        self.assertEqual(self.run_it(b"\xff\xfex")[0], 2)
        done = subprocess.run([sys.executable, str(PROGRAM), "/nonexistent"], check=False,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("/nonexistent", done.stderr)

    def test_encodings_of_windows(self):
        for raw in (BLOCK.replace("-r R", '-r "Zürich"').encode(encoding)
                    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252")):
            status, out, err = self.run_it(raw)
            self.assertEqual(status, 0, err)
            self.assertIn("Zürich", out)


if __name__ == "__main__":
    unittest.main()
