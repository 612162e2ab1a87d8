"""A small reader of calendar files, by hand: it shares nothing with the library that writes them."""

import re
from dataclasses import dataclass, field

ESCAPED = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
LONGEST = 75  # bytes of one line, without its end (RFC 5545, 3.1)


@dataclass
class Component:
    """One component: its properties by name (parameters and value), and the components in it."""

    name: str
    properties: dict[str, tuple[str, str]] = field(default_factory=dict)
    parts: list["Component"] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return the value of a property, unescaped."""
        return re.sub(r"\\[nN,;\\]", lambda found: ESCAPED[found[0]], self.properties[name][1])

    def part(self, name: str) -> "Component":
        """Return the one component of this name."""
        (found,) = (part for part in self.parts if part.name == name)
        return found


def read_calendar(content: bytes) -> Component:
    """Return the calendar in a file; fail on long lines, bare line ends and components left open."""
    assert content.endswith(b"\r\n")
    physical = content.removesuffix(b"\r\n").split(b"\r\n")
    assert not [line for line in physical if len(line) > LONGEST or b"\n" in line or b"\r" in line]
    opened = [Component("")]
    for line in content.decode().replace("\r\n ", "").splitlines():
        name, parameters, value = _split(line)
        if name == "BEGIN":
            opened.append(Component(value))
        elif name == "END":
            done = opened.pop()
            assert done.name == value
            opened[-1].parts.append(done)
        else:
            opened[-1].properties[name] = (parameters, value)
    (root,) = opened
    return root.part("VCALENDAR")


def _split(line: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"([A-Z-]+)((?:;[^:]+)?):(.*)", line)
    assert found is not None, line
    return found[1], found[2], found[3]
