"""Ports and addresses as lists of intervals (first, last): read, compared, written for nft.

None stands for "any". Addresses are a dict of such lists, by IP version.
"""

import ipaddress

from .cmdline import Refused


def merged(spans):
    """Sorted, and those that overlap made one, because nft takes no overlaps in a set. What
    merely touches stays apart, as it was written."""
    result = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def overlap(left, right):
    """Have two lists of intervals anything in common? None has all."""
    if left is None or right is None:
        return True
    return any(a <= d and c <= b for a, b in left for c, d in right)


def braced(items):
    """As nft writes a set; one item needs no braces."""
    return items[0] if len(items) == 1 else "{ " + ", ".join(items) + " }"


def number(text, most):
    """The number that the text is, or None; at most so much."""
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > most:
        return None
    return int(text)


# ---- ports ----------------------------------------------------------------------------


def port(text, word):
    """A port number, 0-65535. A refusal names the word, of which the text is a part."""
    result = number(text, 65535)
    if result is None:
        raise Refused(word, f"'{text}' is not a port", "a number from 0 to 65535")
    return result


def port_span(text, word):
    """A port or FIRST-LAST, as an interval."""
    first, dash, last = text.partition("-")
    span = (port(first, word), port(last if dash else first, word))
    if span[0] > span[1]:
        raise Refused(word, f"{span[0]}-{span[1]} is reversed", f"{span[1]}-{span[0]}")
    return span


def nft_ports(spans):
    """Ports for nft."""
    return braced([str(a) if a == b else f"{a}-{b}" for a, b in spans])


# ---- addresses ------------------------------------------------------------------------


def network(text, word):
    """An address, or a subnet with a prefix or a dotted mask. Bits of the host are no matter."""
    address, slash, mask = text.partition("/")
    try:
        if "%" in text:
            raise ValueError
        if "." in mask:
            # ipaddress would take 0.0.0.255 for a mask as routers write it; Windows does not.
            zeros = ~int(ipaddress.IPv4Address(mask)) & 0xFFFFFFFF
            if zeros & (zeros + 1):
                raise ValueError
        elif slash and number(mask, 128) is None:
            raise ValueError
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise Refused(word, f"'{text}' is neither an address nor a subnet",
                      "such as 10.1.1.5, 10.1.1.0/24 or 10.1.1.0/255.255.255.0") from None


def address_span(text, word):
    """An address, a subnet or FIRST-LAST, as (version, (first, last))."""
    first, dash, last = text.partition("-")
    low = network(first, word)
    high = network(last, word) if dash else low
    if dash and (low.version != high.version or "/" in text):
        raise Refused(word, f"'{text}' is not a range of addresses", "such as 10.1.1.5-10.1.1.9")
    span = (int(low.network_address), int(high.broadcast_address))
    if span[0] > span[1]:
        raise Refused(word, f"{text} is reversed", f"{last}-{first}")
    return low.version, span


def by_version(pairs):
    """Pairs of (version, interval) as a dict of lists."""
    result = {}
    for version, span in pairs:
        result.setdefault(version, []).append(span)
    return {version: merged(spans) for version, spans in result.items()}


def network_span(net):
    """A network of the ipaddress module as (version, interval)."""
    return net.version, (int(net.network_address), int(net.broadcast_address))


def nft_addresses(version, spans):
    """Addresses for nft."""
    kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    items = []
    for first, last in spans:
        nets = list(ipaddress.summarize_address_range(kind(first), kind(last)))
        if len(nets) > 1:
            items.append(f"{kind(first)}-{kind(last)}")
        elif nets[0].num_addresses == 1:
            items.append(str(kind(first)))
        else:
            items.append(str(nets[0]))
    return braced(items)
