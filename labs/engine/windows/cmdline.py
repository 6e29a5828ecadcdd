"""How cmd.exe cuts a line into words, as far as firewall scripts need it.

Variables, loops, pipes and redirections are refused: what they would do cannot be told from
the line alone, and a guess would be a wrong rule.
"""

import re

# Commands of a script that change neither rules nor ports.
QUIET = re.compile(r"(rem|echo|pause|cls|title|color|setlocal|endlocal|chcp)(?![\w-])", re.I)

# What silences a command, at the end of its line.
SILENCER = re.compile(r"(\s+([12]?>>?\s*nul|2>&1))+\s*$", re.I)

# Where Windows has its programs; the only variables that are understood.
SYSTEM_FOLDER = re.compile(r'^"?%(systemroot|windir)%\\([^\s"]*\\)?', re.I)

VARIABLE = re.compile(r"%[^%\s]+%|%~?[0-9*]|%%[A-Za-z]")

TYPOGRAPHIC = {
    "\u2013": "-", "\u2014": "-", "\u2011": "-", "\u2212": "-",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2033": '"',
    "\u00a0": "a plain space",
}


class Refused(Exception):
    """What cannot be translated: the word, why not, and what could be done instead."""

    def __init__(self, word, reason, instead=""):
        super().__init__(f"{word}: {reason}" + (f". Instead: {instead}" if instead else ""))
        self.word = word
        self.reason = reason
        self.instead = instead


def is_comment(line):
    """Is the line for the reader only? Labels count as such: nothing can jump to them."""
    line = line.strip().lstrip("@").lstrip()
    if not line or line.startswith(":") or re.match(r"rem(?![\w-])", line, re.I):
        return True
    # With more commands on the line, "echo" is not all of it.
    return bool(QUIET.match(line)) and not re.search(r"[&|]", line)


def _continues(line):
    """Does the line end with a caret that is neither quoted nor escaped?"""
    quoted = escaped = False
    for char in line:
        if escaped:
            escaped = False
        elif char == '"':
            quoted = not quoted
        elif char == "^" and not quoted:
            escaped = True
    return escaped


def logical_lines(text):
    """Yield (number, line) for each line, with those that ^ continues joined to the first."""
    held, first = "", 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not held:
            first = number
        if (held or not is_comment(line)) and _continues(line):
            held += line[:-1]
            continue
        yield first, held + line
        held = ""
    if held:
        yield first, held + "^"


def _shell(line):
    """The line as cmd.exe hands it to the program: without carets, its own signs refused."""
    out, quoted, escaped = [], False, False
    for at, char in enumerate(line):
        if escaped:
            escaped = False
        elif char == '"':
            quoted = not quoted
        elif char == "^" and not quoted:
            if not line[at + 1:].strip():
                raise Refused("^", "nothing but blanks follows it, so it continues no line",
                              "end the line with ^ itself, and go on in the next one")
            escaped = True
            continue
        elif char in "&|<>" and not quoted:
            raise Refused(char, "pipes, redirections and several commands on a line are not "
                          "played", "a line for each command")
        elif char in TYPOGRAPHIC and not quoted:
            raise Refused(char, "is what a word processor makes, and Windows does not take it "
                          "either", f"type {TYPOGRAPHIC[char]}")
        out.append(char)
    return "".join(out)


def _arguments(line):
    """Cut at blanks outside quotes, as a Windows program does: \\" is a quote in a word."""
    words, word, quoted = [], None, False
    for piece in re.findall(r'\\+"|"|\s+|[^\\"\s]+|\\+', line):
        if piece.isspace() and not quoted:
            if word is not None:
                words.append(word)
            word = None
            continue
        word = word or ""
        if piece.endswith('"'):
            slashes = len(piece) - 1
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                quoted = not quoted
        else:
            word += piece
    if quoted:
        raise Refused('"', "a quote is opened and never closed", 'close it with another "')
    return words if word is None else words + [word]


def words(line):
    """The words of a command line, the first being the program: in lower case, and without
    its folder and ".exe". None at all for a comment."""
    if is_comment(line):
        return []
    line = SILENCER.sub("", line.strip().lstrip("@").lstrip())
    line = SYSTEM_FOLDER.sub(lambda found: '"' if found[0].startswith('"') else "", line)
    variable = VARIABLE.search(line)
    if variable:
        raise Refused(variable[0], "variables are not filled in", "the value itself")
    found = _arguments(_shell(line)) or [""]
    program = re.split(r"[\\/]", found[0].lower())[-1]
    found[0] = program[:-4] if program.endswith(".exe") else program
    return found


def keyword(word, choices):
    """The one of the choices that the word is, or that it abbreviates as netsh lets it; else
    None."""
    word = word.lower()
    if word in choices:
        return word
    meant = [choice for choice in choices if word and choice.startswith(word)]
    return meant[0] if len(meant) == 1 else None
