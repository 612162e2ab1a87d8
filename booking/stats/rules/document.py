"""docs/figures.md, written from the table: what is counted is what the document says."""

from booking.stats.rules.catalogue import FIGURES
from booking.stats.rules.figures import Figure, Kind

WHO = {True: "everybody, at `/stats/{code}`", False: "the office, at `/desk/figures/{code}`"}
OPENING = """# The figures

Written by `booking.stats.rules.document` from the table the program counts by; do not edit. Pages say the same at
`/stats/definitions`. Shares are in percent, rounded half up to two decimals; a dash stands where there is nothing to
divide by. Half and nine in ten are the least numbers that so many do not exceed, taken from whole days or hours.

Every fact counts on the day of its test or visit. A day that is over is counted once, by the job `roll-up-figures` at
02:15 or by `booking stats roll-up`, and months from their days. Whatever changes anything of a counted day strikes it
out, and until it is counted again it is counted afresh by whoever looks, as today and the days ahead are. So a number
never waits for the night to be right, and `booking check` compares.
"""


def figures_as_markdown() -> str:
    """Return docs/figures.md. A test compares the committed file with this."""
    return "\n".join((OPENING, *(_part(figure) for figure in FIGURES)))


def _part(figure: Figure) -> str:
    shown = WHO[figure.is_public].format(code=figure.code)
    return (
        f"## {figure.name.en} · {figure.name.zh}\n\n{figure.meaning.en}\n\n{figure.meaning.zh}\n\n"
        f"`{figure.code}`, {_made_of(figure)}; shown to {shown}.\n"
    )


def _made_of(figure: Figure) -> str:
    measure = f"of the measure `{figure.measure}`"
    if figure.kind is Kind.SPREAD:
        return f"half and nine in ten {measure}, in {figure.unit.value}"
    some = _buckets(figure, figure.some)
    if figure.kind is Kind.COUNT:
        return f"{some} {measure}"
    return f"{some} ÷ {_buckets(figure, figure.of)} {measure}"


def _buckets(figure: Figure, buckets: tuple[str, ...]) -> str:
    known = [bucket for bucket in buckets if bucket in (figure.words or {}) or not bucket.isdigit()]
    more = " and further" if len(known) < len(buckets) else ""
    return f"({', '.join(known)}{more})"
