"""epmlab: the verbs, and what happens outside and inside of the laboratory.

Outside, a verb that needs hosts starts labs/stage, which builds them and runs this program
once more, inside. All that it writes there ends with it.
"""

import argparse
import os
import shlex
import subprocess
import sys
import textwrap
import traceback

from engine import check, expect, lab, matrix, output, play
from engine.stage import LabError, RuleError
from engine.topology import Topology

LABS = lab.LABS

EPILOG = "exit status: 0 as expected, 1 different or wrong, 2 the laboratory could not run"


# ---- verbs that need no hosts ------------------------------------------------------------


def do_list(arguments):
    for name in lab.names():
        one = lab.Lab(os.path.join(LABS, name))
        print("%s  %-24s %s" % (one.number, one.topic, one.title))
    return 0


def do_show(arguments):
    one = lab.find(arguments.lab, arguments.seed)
    print(one.sheet("README.md").rstrip())
    return 0


def do_hint(arguments):
    one = lab.find(arguments.lab, arguments.seed)
    sys.stdout.write(one.hint(arguments.level))
    if arguments.level < 3:
        seed = "--seed %s " % shlex.quote(arguments.seed) if arguments.seed is not None else ""
        print("(more: epmlab hint %s%s %d)" % (seed, arguments.lab, arguments.level + 1))
    return 0


def do_clean(arguments):
    """A laboratory ends with the command that built it; here is what would be left if not. Those
    of other users, and of other copies of this program, are not touched."""
    mark = b"EPMLAB_INSIDE=" + os.fsencode(LABS)
    left = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat("/proc/" + pid).st_uid != os.getuid():
                continue  # somebody else's, even if this is root
            with open("/proc/%s/environ" % pid, "rb") as file:
                inside = mark in file.read().split(b"\0")
        except OSError:
            continue
        if inside:
            left.append(int(pid))
    for pid in left:
        os.kill(pid, 9)
    print("ended %d processes of laboratories" % len(left) if left else "nothing was left")
    return 0


# ---- verbs that need hosts ---------------------------------------------------------------


def do_run(arguments):
    return play.run(inside_lab(arguments), arguments.timeout, arguments.format, arguments.scene)


def do_check(arguments):
    one = lab.find(arguments.lab, arguments.seed)
    with open(arguments.file, encoding="utf-8", errors="replace"):
        pass  # before any host is built
    if one.hand_in != "answers":
        one = inside_lab(arguments)
    return check.run(one, arguments.file, arguments.timeout, arguments.format)


def do_solve(arguments):
    one = lab.find(arguments.lab, arguments.seed)
    if not is_inside():
        print(one.sheet("solution/README.md").rstrip() + "\n", flush=True)
        if one.answers():
            print("Answers:\n\n" + textwrap.indent(one.answers(), "    "), flush=True)
        if one.hand_in != "answers":
            print(one.text("solution/" + os.path.basename(one.solution())).rstrip() + "\n", flush=True)
    if one.hand_in == "answers":
        return 0  # they are those of the lab; that they are true, run shows
    return check.run(inside_lab(arguments), one.solution(), arguments.timeout)


def do_shell(arguments):
    one = inside_lab(arguments)
    player = play.Player(one, arguments.timeout)
    if one.scenes:
        scene = one.scene(arguments.scene) if arguments.scene else one.scenes[0]
        player.go_to(scene)
        player.prepare(scene)
    host = arguments.host
    if host not in one.topology.hosts():
        raise LabError("there is no host '%s'; there are %s" % (host, ", ".join(one.topology.hosts())))
    print("You are in %s. The server is %s. Leave with exit." % (host, one.topology.address("server")))
    if host in one.topology.shape["clients"]:
        print("To draw what you do, first: epmscope -i eth0 --once & (it waits for five quiet seconds)")
    environment = dict(os.environ, PS1="%s$ " % host)
    subprocess.call(player.stage.command(host, ["bash", "--norc"]), env=environment)
    return 0


def inside_lab(arguments):
    """The lab; builds its hosts first if this is not inside yet."""
    one = lab.find(arguments.lab, arguments.seed)
    if getattr(arguments, "scene", None):
        one.scene(arguments.scene)  # a mistake is told before any host is built
    enter(one.topology)
    return one


def do_matrix(arguments):
    if not is_inside():
        matrix.look_at_files(arguments)
    if arguments.at == "branch":
        arguments.topology = "full"
    topology = Topology(arguments.topology, arguments.seed)
    enter(topology)
    return matrix.run(topology, arguments)


def is_inside():
    """Is this the second run, among the hosts? The variable names the copy that built them."""
    return os.environ.get("EPMLAB_INSIDE") == LABS


def enter(topology):
    """Outside: build the hosts and run this command again inside, and do not return."""
    if is_inside():
        return
    sys.stdout.flush()
    os.environ["LAB_TOPOLOGY"] = topology.text()
    os.environ["EPMLAB_INSIDE"] = LABS
    os.environ["LAB_COMMAND"] = shlex.join(sys.argv)
    stage = os.path.join(LABS, "stage")
    os.execvp("bash", ["bash", stage, sys.executable, os.path.join(LABS, "epmlab"), *sys.argv[1:]])


# ---- the command line --------------------------------------------------------------------


def parser():
    top = argparse.ArgumentParser(
        prog="epmlab",
        description="Labs: a client, a firewall, a server, and rules that break one step or the other.",
        epilog=EPILOG,
    )
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)

    def add(name, run, text, with_lab=True, with_hosts=False):
        verb = verbs.add_parser(name, help=text, description=text, epilog=EPILOG)
        if with_lab:
            verb.add_argument("lab", metavar="LAB", help="its number or its topic: 03, range-closed")
            verb.add_argument("--seed", help="other addresses, choices and broken rules, the same for the same seed")
        if with_hosts:
            verb.add_argument("--timeout", type=float, default=1.0, help="seconds for each step (1)")
        verb.set_defaults(run=run)
        return verb

    add("list", do_list, "all labs", with_lab=False)
    add("show", do_show, "the exercise sheet of a lab")
    verb = add("run", do_run, "play a lab from start to end", with_hosts=True)
    verb.add_argument("--scene", metavar="NAME", help="this scene only, as it is behind those before it")
    verb.add_argument("--format", choices=output.FORMATS, default="text")
    verb = add("shell", do_shell, "a shell in one of the lab's hosts, with the server running", with_hosts=True)
    verb.add_argument("host", metavar="HOST", nargs="?", default="inside")
    verb.add_argument("--scene", metavar="NAME", help="with the rules and the state of this scene instead of the first")
    verb = add("check", do_check, "grade a rule set or a file of answers", with_hosts=True)
    verb.add_argument("file", metavar="FILE")
    verb.add_argument("--format", choices=output.FORMATS, default="text")
    verb = add("hint", do_hint, "a hint, each level says more")
    verb.add_argument("level", metavar="LEVEL", nargs="?", type=int, choices=[1, 2, 3], default=1)
    add("solve", do_solve, "the solution, with the reasoning, and the proof that it is right", with_hosts=True)
    verb = add(
        "matrix",
        do_matrix,
        "the truth table of your own rule sets: nft, iptables-save output or Windows commands",
        with_lab=False,
    )
    matrix.add_arguments(verb)
    add("clean", do_clean, "end laboratories that are still there", with_lab=False)
    return top


def find_programs():
    """Prefer what was built in this tree, or installed with it, to what else there is."""
    built = os.path.join(os.path.dirname(LABS), "build", "bin")
    prefix = os.path.normpath(os.path.join(LABS, "../../.."))  # of PREFIX/share/epmapd/labs
    own = [built] if os.path.isdir(built) else [os.path.join(prefix, name) for name in ("bin", "sbin")]
    os.environ["PATH"] = os.pathsep.join([*own, os.environ.get("PATH", ""), "/usr/local/sbin"])


def main():
    arguments = parser().parse_args()
    find_programs()
    try:
        return arguments.run(arguments)
    except BrokenPipeError:
        # Nobody reads on, as in epmlab list | head. Python would complain at its end as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except (LabError, RuleError, expect.ExpectError, OSError) as error:
        output.progress()
        named = isinstance(error, OSError) and error.filename
        print("epmlab: %s" % ("%s: %s" % (named, error.strerror) if named else error), file=sys.stderr)
        return 2
    except Exception:  # pylint: disable=broad-except
        # A mistake in here must not look like a wrong answer, which is 1.
        traceback.print_exc()
        return 2
