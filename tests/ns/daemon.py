"""A daemon in a host of the laboratory, as its service manager sees it."""

import json
import os
import subprocess
import time

RANGE = "5001-5021"


def wait_until(seconds, condition):
    """What the condition gives in the end: something true, or what it is at the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result or time.monotonic() > deadline:
            return result
        time.sleep(0.02)


def in_host(host, command):
    return ["nsenter", "--net=/run/netns/" + host, "--"] + command


def output(command, timeout):
    """Run a program; what became of it, with its standard output."""
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=timeout
    )


def alive(pid):
    """Does it run? One that is dead and not collected yet does not."""
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


class Daemon:
    def __init__(self, host, epmapd, epmap, log, options=(), rundir="/run/epmapd", env=None):
        self.host, self.epmap, self.log, self.rundir = host, epmap, log, rundir
        self.command = [epmapd, "--rundir", rundir, "--range", RANGE, *options]
        self.env = dict(os.environ, **(env or {}))
        self.before = {}

    def start(self):
        command = in_host(self.host, self.command)
        self.process = subprocess.Popen(command, stderr=self.log, env=self.env)

    def stop(self):
        """SIGTERM. "" if all ends with it, or what is left."""
        self.before = self.pids() or self.before
        self.process.terminate()
        self.process.wait(5)
        wait_until(5, lambda: not self.leftovers())
        return self.leftovers()

    def control(self, *words):
        """What epmap ctl says, or None."""
        done = output([self.epmap, "ctl", "--json", "--rundir", self.rundir, *words], 5)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def events(self, after):
        """Those after a number."""
        command = [self.epmap, "ctl", "events", "--json", "--rundir", self.rundir]
        lines = output(command + ["--after", str(after)], 5).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def processes(self):
        """What epmap ctl status tells of each, by name, if all work; or {}."""
        status = self.control("status")
        if status is None or any(each["state"] != "working" for each in status["processes"]):
            return {}
        found = {each["name"]: each for each in status["processes"]}
        return dict(found, supervisor={"pid": status["pid"], "last_event": status["last_event"]})

    def pids(self):
        return {name: each["pid"] for name, each in self.processes().items()}

    def leftovers(self):
        """What is left of a daemon that has ended."""
        left = [name for name, pid in self.before.items() if alive(pid)]
        left += output(in_host(self.host, ["ss", "-Hlnt"]), 5).stdout.splitlines()
        return ", ".join(left)
