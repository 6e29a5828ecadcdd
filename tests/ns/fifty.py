#!/usr/bin/env python3
"""Fifty rule sets whose effect is known by construction, against what is found.

    fifty.py [--seed S] [--rounds N] [--part K/M]

Inside labs/stage. fifty_model.py makes the rule sets and works out what each must do. Here
they are loaded, and the truth table of the labs' engine is compared: the four glyphs of each
cell, the cause, who refused, and the rule that is named for it. A line for each difference,
and at the end 'N passed, N failed', with a rule set of a round as the unit.

Each table is compared with a false model, too, in which the rule that decided most is the
wrong way round. A table that fits that as well proves nothing, and fails. And in its first
step, the first part takes the false model for the true one, and must find that out.
"""

import argparse
import os
import re
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path[:0] = [os.path.join(TOP, "labs"), os.path.dirname(os.path.realpath(__file__))]

import fifty_model as model  # noqa: E402
from engine.stage import Stage, wait_for  # noqa: E402
from engine.table import Prober, Service  # noqa: E402
from engine.topology import Topology  # noqa: E402
from engine.trace import Tracer  # noqa: E402

TIMEOUT = 0.5


def normal(rule):
    """A rule's text in one of the ways in which versions of nft write it."""
    text = rule.replace("tcp flags syn / syn,ack", "tcp flags & (syn | ack) == syn")
    return re.sub(" with icmpx port-unreachable$", "", text)


def measure(stage, case, expected):
    """The table of a rule set, as a lab would fill it."""
    for place in stage.topology.places():
        if place != case.rules.place and stage.rules.get(place):
            stage.unload(place)
    stage.load(case.rules.place, case.rules.text(stage.topology))
    wanted = {key: outcome.glyphs for key, outcome in expected.items()}
    tracer = Tracer(stage, case.rules.place)
    prober = Prober(stage, TIMEOUT, retries=1)
    try:
        return prober.fill(case.sources, [Service.parse(each) for each in case.services], [tracer], wanted)
    finally:
        tracer.stop()


def offender_of(topology, source, outcome):
    """The address that a refusal must come from."""
    if outcome.offender is None:
        return None
    host, six = (source[:-1], 1) if source.endswith("6") else (source, 0)
    if outcome.offender == "border":
        return topology.nets[host][six] + ("::1" if six else ".1")
    return topology.address6("server") if six else topology.address("server")


def differences(topology, cells, expected):
    """A line for each cell that is not as the model says."""
    found = []
    for (source, service), outcome in expected.items():
        cell = cells[source, service]
        decider = outcome.decider(topology)
        named = normal(cell.decision.text) if cell.decision else None
        pairs = [
            ("table", outcome.glyphs, cell.glyphs),
            ("cause", outcome.cause, cell.result.get("cause")),
            ("from", offender_of(topology, source, outcome), cell.result.get("offender")),
            ("rule", normal(decider) if decider else None, named),
        ]
        wrong = ["%s must be %s, is %s" % each for each in pairs if each[1] != each[2]]
        if cell.decision and cell.decision.text != "policy drop" and cell.decision.handle is None:
            wrong.append("the rule has no handle")
        if wrong:
            found.append("%s/%s: %s" % (source, service, "; ".join(wrong)))
    return found


class Count:
    """What became of the rule sets."""

    def __init__(self):
        self.passed = self.failed = self.twice = 0

    def add(self, wrong, cells):
        self.passed += not wrong
        self.failed += bool(wrong)
        self.twice += sum(cell.flaky for cell in cells.values())


def control(stage, case, count):
    """A model with one rule inverted must be found out."""
    cells = measure(stage, case, case.false)
    wrong = []
    if not differences(stage.topology, cells, case.false):
        wrong.append("a model with one rule inverted was not found out")
    report("control", case, wrong, stage.topology)
    count.add(wrong, {})


def leftover(stage, count):
    """The server goes on answering a client that has given up. The rule that takes such an
    answer must not be named for the next client."""
    chain = "table inet fifty {\nchain forward {\ntype filter hook forward priority filter;\n%s\n}\n}"
    echo = Service.parse("echo")
    stage.load("border", chain % "tcp sport 135 drop")
    Prober(stage, TIMEOUT).probe("inside", echo)
    stage.load("border", chain % "tcp dport 30000-49151 drop\ntcp dport 135 reject with tcp reset")
    tracer = Tracer(stage, "border")
    try:
        wait_for(lambda: tracer.drops, 20, "an answer to a client that has given up")
        cell = Prober(stage, TIMEOUT, retries=0).fill(["inside"], [echo], [tracer])["inside", "echo"]
    finally:
        tracer.stop()
    named = cell.decision.text if cell.decision else None
    wrong = named != "tcp dport 135 reject with tcp reset"
    if wrong:
        print("behind an answer from before, the rule named is %s" % named)
    count.add(wrong, {})


def one(stage, case, count, title):
    """Measure a rule set and compare it."""
    cells = measure(stage, case, case.expected)
    wrong = differences(stage.topology, cells, case.expected)
    if not wrong and not differences(stage.topology, cells, case.false):
        wrong.append("a model with one rule inverted fits as well")
    report(title, case, wrong, stage.topology)
    count.add(wrong, cells)


def report(title, case, wrong, topology):
    for line in wrong:
        print("%s, rule set %d at %s: %s" % (title, case.number, case.rules.place, line))
    if wrong:
        print(case.rules.text(topology), end="", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", default="1")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="K/M: only every M-th rule set, from the K-th")
    return parser.parse_args()


def main():
    options = arguments()
    part, parts = map(int, options.part.split("/"))
    topology = Topology()
    cases = sorted(
        model.cases(options.seed, *topology.range)[part - 1 :: parts], key=lambda case: case.rules.place
    )
    stage = Stage(topology)
    stage.start_server(services=[label.split()[0] for label in model.SERVICES])
    count = Count()
    if part == 1:
        control(stage, cases[0], count)
        leftover(stage, count)
    for number in range(1, options.rounds + 1):
        began = time.monotonic()
        for case in cases:
            one(stage, case, count, "round %d" % number)
        print("round %d, part %s: %.0f s" % (number, options.part, time.monotonic() - began), flush=True)
    print("%d cells were looked at twice" % count.twice)
    print("%d passed, %d failed" % (count.passed, count.failed))
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
