"""epmlab: the verbs, and what happens outside and inside of the laboratory.

Outside, a verb that needs hosts starts labs/stage, which builds them and runs this program
once more, inside. All that it writes there ends with it.
"""

import argparse
import os
import sys

from engine import expect, matrix, output
from engine.stage import LabError, RuleError
from engine.topology import Topology

LABS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

EPILOG = """exit status: 0 as expected, 1 different or wrong, 2 the laboratory could not run"""


def parser():
    top = argparse.ArgumentParser(prog="epmlab", epilog=EPILOG)
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    verb = verbs.add_parser(
        "matrix",
        help="the truth table of your own rule set",
        description="Loads a rule set (nft, iptables-save output or Windows command lines) and "
        "probes every service from every source, step by step.",
        epilog=EPILOG,
    )
    matrix.add_arguments(verb)
    return top


def enter(topology):
    """Build the hosts and run this command again inside. Does not return."""
    os.environ["LAB_TOPOLOGY"] = topology.text()
    os.environ["EPMLAB_INSIDE"] = "yes"
    stage = os.path.join(LABS, "stage")
    os.execvp("bash", ["bash", stage, sys.executable, os.path.join(LABS, "epmlab"), *sys.argv[1:]])


def find_programs():
    """Prefer what was built in this tree to what is installed."""
    built = os.path.join(os.path.dirname(LABS), "build", "bin")
    os.environ["PATH"] = os.pathsep.join([built, os.environ.get("PATH", ""), "/usr/local/sbin"])


def main():
    arguments = parser().parse_args()
    find_programs()
    try:
        topology = Topology(arguments.topology, arguments.seed)
        if os.environ.get("EPMLAB_INSIDE") != "yes":
            matrix.look_at_files(arguments)
            enter(topology)
        return arguments.run(topology, arguments)
    except (LabError, RuleError, expect.ExpectError, OSError) as error:
        print("epmlab: %s" % error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


__all__ = ["main", "output"]
