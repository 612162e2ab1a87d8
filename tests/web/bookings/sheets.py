"""A PDF as a reader of PDFs sees it (pypdf): its text, its structure, its fonts."""

import io
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject

A4 = (595, 842)  # points


def part(node: PdfObject, *path: str) -> PdfObject:
    """Return what stands under the names, one within the other."""
    found = node.get_object()
    for name in path:
        assert isinstance(found, DictionaryObject)
        found = found[name].get_object()
    assert found is not None
    return found


class Sheet:
    """What is in a PDF."""

    def __init__(self, content: bytes) -> None:
        self._reader = PdfReader(io.BytesIO(content), strict=True)
        self._root = self._reader.root_object
        (first, *_) = self._reader.pages
        self.pages = len(self._reader.pages)
        self.paper = "A4" if tuple(round(float(side)) for side in first.mediabox[2:]) == A4 else str(first.mediabox)
        self.text = "\n".join(page.extract_text() for page in self._reader.pages)
        self.language = str(self._root["/Lang"])
        self.title = self._reader.metadata.title or "" if self._reader.metadata else ""
        self.photographs = sum(len(page.images) for page in self._reader.pages)

    @property
    def is_tagged(self) -> bool:
        return str(part(self._root, "/MarkInfo", "/Marked")) == "True" and "/StructTreeRoot" in self._root

    @property
    def variant(self) -> str:
        """Which part of PDF/UA the file says it follows."""
        packet = part(self._root, "/Metadata")
        assert isinstance(packet, StreamObject)
        return packet.get_data().decode().partition("pdfuaid:part")[2].lstrip("=\">'")[:1]

    @property
    def roles(self) -> set[str]:
        """Return the kinds of the elements in the structure tree."""
        return {str(element["/S"]).removeprefix("/") for element in self._elements()}

    @property
    def spoken_pictures(self) -> list[str]:
        """Return what is read aloud in place of each picture."""
        return [str(element["/Alt"]) for element in self._elements() if str(element["/S"]) == "/Figure"]

    @property
    def fonts(self) -> dict[str, bool]:
        """Return of every font by name whether it is in the file."""
        found = {}
        for page in self._reader.pages:
            fonts = part(page, "/Resources", "/Font")
            assert isinstance(fonts, DictionaryObject)
            for name in fonts:
                inner = part(fonts, name, "/DescendantFonts")
                assert isinstance(inner, ArrayObject)
                about = part(inner[0], "/FontDescriptor")
                assert isinstance(about, DictionaryObject)
                found[str(about["/FontName"])] = any(str(key).startswith("/FontFile") for key in about)
        return found

    def _elements(self) -> Iterator[DictionaryObject]:
        waiting: list[PdfObject] = [part(self._root, "/StructTreeRoot")]
        while waiting:
            element = waiting.pop(0)
            if isinstance(element, DictionaryObject):
                if "/S" in element:
                    yield element
                children = element.get("/K", ArrayObject())
                waiting += [part(child) for child in (children if isinstance(children, ArrayObject) else [children])]
