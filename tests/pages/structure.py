"""What every page must have, whatever stands on it."""

from collections import Counter
from collections.abc import Iterator

from tests.pages.sights import Drawn
from tests.pages.tree import Element, parsed

ERROR = {"zh": "错误：", "en": "Error: "}
TAGS = {"zh": "zh-Hans-CN", "en": "en"}
# At the desk hands stay on the keyboard: search, scanner, the first question of a form, a slip's way back.
BEGINS_HERE = {"text", "reference", "code", "paper"}
STYLE = "home.style"  # shows parts of pages, their headings and links among them
POINTERS = {"aria-labelledby", "aria-describedby", "aria-controls", "for", "list", "headers"}
UNLABELLED = ("hidden", "submit", "button", "image", "reset")


def structure_faults(drawn: Drawn) -> list[str]:
    """Return what is missing on the page, or stands there twice."""
    root = parsed(drawn.text)
    return [fault for part in (_frame, _names, _controls, _forms) for fault in part(root, drawn)]


def _frame(root: Element, drawn: Drawn) -> Iterator[str]:
    html, title = root.first("html"), root.first("title")
    if html is None or html.get("lang") != TAGS[drawn.state.language]:
        yield "the page does not say its language"
    headings = [" ".join(heading.text().split()) for heading in root.all("h1")]
    if (len(headings) != 1 or not headings[0]) and drawn.sight.endpoint != STYLE:
        yield f"not one h1, but {headings}"
    is_wrong = any("error-summary" in box.get("class").split() for box in root.all("div"))
    begins_so = title is not None and title.text().startswith(ERROR[drawn.state.language])
    if is_wrong and drawn.status == 422 and not begins_so:
        yield "there are errors, and the title does not begin with it"
    skips = [link for link in root.all("a") if "skip" in link.get("class").split()]
    targets = {element.get("id") for element in root.all()}
    if root.first("header", "nav") and not any(link.get("href").removeprefix("#") in targets for link in skips):
        yield "no link that skips to the content"


def _names(root: Element, drawn: Drawn) -> Iterator[str]:
    everything = list(root.all())
    ids = Counter(element.get("id") for element in everything if element.has("id"))
    yield from (f"the id {name!r} stands {count} times" for name, count in ids.items() if count > 1 or not name)
    for element in everything:
        for attribute in POINTERS & element.attributes.keys():
            yield from (
                f"{attribute} of {element.tag} points to {name!r}, which is not there"
                for name in element.get(attribute).split()
                if name not in ids
            )
    for link in root.all("a"):
        target = link.get("href")
        if target.startswith("#") and target[1:] and target[1:] not in ids and drawn.sight.endpoint != STYLE:
            yield f"a link to {target}, which is not there"


def _controls(root: Element, drawn: Drawn) -> Iterator[str]:
    labelled = {label.get("for") for label in root.all("label") if label.text().strip()}
    for control in root.all("input", "select", "textarea"):
        if control.get("type") in UNLABELLED:
            continue
        is_within = any(around.tag == "label" for around in control.chain())
        named = control.get("aria-label") or control.get("aria-labelledby") or control.get("id") in labelled
        if not (named or is_within):
            yield f"{control.tag} {control.get('name')!r} has no label"
    for element in root.all():
        is_summary = "error-summary" in element.get("class").split() or "slip" in drawn.sight.endpoint + drawn.address
        if element.has("autofocus") and not is_summary and element.get("name") not in BEGINS_HERE:
            yield f"autofocus on {element.tag} {element.get('name')!r}"
    for button in root.all("button", "a"):
        spoken = button.text().strip() or button.get("aria-label") or button.get("aria-labelledby")
        pictures = any(picture.get("alt") for picture in button.all("img"))
        if (button.tag == "button" or button.has("href")) and not spoken and not pictures:
            yield f"a {button.tag} without words"


def _forms(root: Element, drawn: Drawn) -> Iterator[str]:
    for form in root.all("form"):
        if form.get("method").lower() == "post":
            fields = {field.get("name") for field in form.all("input")}
            if "csrf_token" not in fields:
                yield f"the form for {form.get('action')!r} bears no token"
