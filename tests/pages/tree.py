"""A page as a small tree, read many times faster than by html5lib; whether it is valid, the checker says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(eq=False)
class Element:
    """An element with its attributes, children and parent."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def has(self, name: str) -> bool:
        return name in self.attributes

    def all(self, *tags: str) -> Iterator["Element"]:
        """Yield the elements below of these tags (or all), in the order of the page."""
        waiting: list[Element | str] = self.children[::-1]
        while waiting:
            child = waiting.pop()
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                waiting.extend(reversed(child.children))

    def first(self, *tags: str) -> "Element | None":
        return next(self.all(*tags), None)

    def text(self) -> str:
        return "".join(text for _, text in self.texts())

    def texts(self) -> Iterator[tuple["Element", str]]:
        """Yield every text below with the element that it stands in, in the order of the page."""
        waiting: list[tuple[Element, Element | str]] = [(self, child) for child in reversed(self.children)]
        while waiting:
            around, child = waiting.pop()
            if isinstance(child, str):
                yield around, child
            else:
                waiting.extend((child, below) for below in reversed(child.children))

    def chain(self) -> Iterator["Element"]:
        """Yield this element and those around it, the innermost first."""
        here: Element | None = self
        while here is not None:
            yield here
            here = here.parent


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        for element in self.here.chain():
            if element.tag == tag and element.parent is not None:
                self.here = element.parent
                return

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parsed(text: str) -> Element:
    """Return the root over everything on the page."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root
