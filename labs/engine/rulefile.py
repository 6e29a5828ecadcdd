"""Rule sets as people have them: nft, iptables-save output, or Windows command lines.

Whatever comes in, what is loaded is nft text. Who translated it, and what the translation
became, can be shown.
"""

import re
import shutil
import subprocess

from engine.stage import RuleError

_IPTABLES = re.compile(r"^\*(filter|nat|mangle|raw|security)\s*$", re.M)
_WINDOWS = re.compile(r"^\s*@?(netsh|ipseccmd|ipsecpol|rpccfg)(\.exe)?\s", re.M | re.I)


def kind(text):
    """nft, iptables or windows."""
    if _IPTABLES.search(text):
        return "iptables"
    if _WINDOWS.search(text):
        return "windows"
    return "nft"


def to_nft(text, place, topology):
    """The nft text of a rule set; RuleError: it cannot be expressed, or has errors."""
    what = kind(text)
    if what == "iptables":
        return _from_iptables(text)
    if what == "windows":
        return _from_windows(text, place, topology)
    return text


def _from_iptables(text):
    """iptables-save output, by the translator that comes with iptables."""
    tool = "ip6tables-restore-translate" if "/64" in text or "::" in text else "iptables-restore-translate"
    path = shutil.which(tool, path="/usr/sbin:/sbin:/usr/bin:/bin")
    if path is None:
        raise RuleError("this is iptables-save output, and %s is not installed (package iptables)" % tool)
    done = subprocess.run([path, "-f", "/dev/stdin"], input=text, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise RuleError("%s: %s" % (tool, done.stderr.strip()))
    # What it cannot translate it leaves as a comment that begins with -A.
    left = [line for line in done.stdout.splitlines() if re.match(r"#\s*-[AI] ", line)]
    if left:
        raise RuleError("%s cannot translate: %s" % (tool, "; ".join(line.lstrip("# ") for line in left)))
    return done.stdout


def _from_windows(text, place, topology):
    from engine import translate  # as administrators find them

    state = translate.State()
    refused = []
    for number, line in translate.logical_lines(text):
        step = state.apply(line)
        if step.refused:
            refused.append("line %d: %s" % (number, step.refused))
    if refused:
        raise RuleError("\n".join(refused))
    return state.nft(place, server=topology.address("server"), server6=topology.address6("server"))
