"""epmlab matrix: the truth table of anybody's rule set."""

import sys

from engine import expect, output, rulefile, scan
from engine.stage import LabError, RuleError, Stage
from engine.table import Prober, Service
from engine.trace import Tracer

SERVICES = ["echo v1.0", "calc v1.2", "print v1.0"]


def add_arguments(verb):
    verb.add_argument("rules", metavar="RULES", nargs="+", help="files with rule sets, one table each")
    verb.add_argument("--at", choices=["border", "branch", "server"], help="where it is loaded (border)")
    verb.add_argument("--expect", metavar="FILE", help="the table as it should be, or allow and deny lines")
    verb.add_argument("--source", action="append", help="probe from this host only; with a 6 over IPv6")
    verb.add_argument("--service", action="append", help='probe this service only, such as "calc v1.2"')
    verb.add_argument("--format", choices=output.FORMATS, default="text")
    verb.add_argument("--topology", choices=["small", "full"], default="small")
    verb.add_argument("--seed", help="other networks and another range, the same for the same seed")
    verb.add_argument("--timeout", type=float, default=1.0, help="seconds for each step (1)")


def look_at_files(arguments):
    """Errors in names are told before any host is built."""
    for name in arguments.rules + ([arguments.expect] if arguments.expect else []):
        with open(name, encoding="utf-8", errors="replace"):
            pass


def look_at_sources(topology, sources):
    """A host that does not exist is told by its name."""
    hosts = list(topology.shape["clients"])
    for source in sources:
        if source not in hosts and not (source.endswith("6") and source[:-1] in hosts):
            raise LabError("there is no host '%s'; there are %s, over IPv6 with a 6" % (source, ", ".join(hosts)))


def _expectations(arguments):
    if not arguments.expect:
        return []
    with open(arguments.expect, encoding="utf-8", errors="replace") as file:
        found = expect.parse(file.read(), arguments.expect)
    if not found:
        raise expect.ExpectError("%s expects nothing; see epmlab(1) for what it may say" % arguments.expect)
    return found


def choose(expectations, name):
    """What is expected of a rule set, by its name, or of the only one: a truth table or None,
    and tables of scans."""
    base = name.rsplit("/", 1)[-1]
    found = [each for each in expectations if each.rules in (base, name, None)]
    tables = [each for each in found if not each.is_scan]
    return (tables[0] if tables else None), [each for each in found if each.is_scan]


def sources_of(wanted, topology):
    """The rows of the expected table, or all hosts and those that allow and deny name besides."""
    if wanted and wanted.sources:
        return wanted.sources
    found = topology.sources()
    for _, source, _ in wanted.lines if wanted else []:
        if source not in found + ["*"]:
            found.append(source)
    return found


def services_of(wanted):
    """The columns of the expected table, or the usual services and those that lines name."""
    if wanted and wanted.services:
        return wanted.services
    found = [Service.parse(each) for each in SERVICES]
    for _, _, name in wanted.lines if wanted else []:
        if name != "*" and name not in [each.name for each in found] and Service.parse(name) not in found:
            found.append(Service.parse(name))
    return found


def load(stage, name, text, place):
    """Load a rule set; one of Windows may give the server another range."""
    usual = "%d-%d" % stage.topology.range
    try:
        rules = rulefile.read(text, place, stage.topology, usual)
        stage.load(place, rules.nft)
    except RuleError as error:
        raise RuleError("%s: %s" % (name, error)) from None
    stage.set_range(rules.ports or usual)


def make_table(stage, title, place, expectation, sources, services, timeout, retries=1):
    """Probe under the rule set that is loaded at a place, and give the table."""
    tracer = Tracer(stage, place)
    prober = Prober(stage, timeout, retries)
    wanted = {}
    if expectation:
        for source in sources:
            for service in services:
                glyphs = expectation.wanted(source, service)
                if glyphs not in (None, "deny"):
                    wanted[source, service.label] = glyphs
    try:
        cells = prober.fill(sources, services, [tracer], wanted)
    finally:
        tracer.stop()
    return output.Table(title, sources, services, cells, expectation, prober.seconds)


def run(topology, arguments):
    expectations = _expectations(arguments)
    stage = Stage(topology)
    stage.start_server()
    tables = []
    for number, name in enumerate(arguments.rules, 1):
        output.progress("%s, %d of %d ..." % (name, number, len(arguments.rules)))
        text = rulefile.text_of(name)
        wanted, scans = choose(expectations, name)
        if expectations and not wanted and not scans:
            named = ", ".join(each.rules for each in expectations)
            raise expect.ExpectError("%s expects nothing of %s, only of %s" % (arguments.expect, name, named))
        place = arguments.at or (wanted.place if wanted and wanted.place else "border")
        sources = arguments.source or sources_of(wanted, topology)
        look_at_sources(topology, sources + [each.options["scan"] for each in scans])
        services = [Service.parse(each) for each in arguments.service or []]
        services = services or services_of(wanted)
        load(stage, name, text, place)
        title = "rules: %s at %s" % (name.rsplit("/", 1)[-1], place)
        table = make_table(stage, title, place, wanted, sources, services, arguments.timeout)
        tables.append(table)
        tables += [scan.table(stage, table.title, each) for each in scans]
        stage.unload(place)
    output.progress()
    colour = arguments.format == "text" and sys.stdout.isatty()
    sys.stdout.write(output.render(tables, arguments.format, colour))
    return 1 if any(table.wrong() for table in tables) else 0
