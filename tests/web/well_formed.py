"""Reading pages strictly, and each text once: most pages of a run differ in little of their frame."""

import re

import html5lib

# What is made anew for each page, and cannot break it: plain signs between the quotes of an attribute, or of a title.
ANEW = re.compile(
    r'(?<=name="csrf_token" value=")[\w.-]+(?=")|(?<=name="request_key" value=")[\w.-]+(?=")'
    r"|(?<=[?;]next=)[\w/%.:+?=-]+|(?<=<title>)[^<&]+(?=</title>)"
)
MAIN, END = re.compile(r"<main\b[^>]*>"), "</main>"
READ: set[tuple[str, int]] = set()


def must_be_well_formed(page: str) -> None:
    """Fail on broken HTML, as `html5lib` does when it is strict.

    The frame and what stands in its main part are read apart: each is whole in itself, or the page is not.
    """
    begin = MAIN.search(page)
    main, end, foot = page[begin.end() :].rpartition(END) if begin else ("", "", "")
    if begin and end:
        _read("document", page[: begin.end()] + end + foot)
        _read("fragment", main)
    else:
        _read("document", page)


def _read(kind: str, text: str) -> None:
    known = (kind, hash(ANEW.sub("", text)))
    if known in READ:
        return
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(text) if kind == "document" else parser.parseFragment(text)
    READ.add(known)
