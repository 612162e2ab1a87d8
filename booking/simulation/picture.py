"""The picture of a run: how long people wait under each method, and to whom places go. One SVG, no library.

It carries its own ground and both colour schemes, so it is legible on any page. Chinese and English stand together.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple
from xml.sax.saxutils import escape

from booking.simulation.account import Account, share_of
from booking.simulation.city import Assumptions, Method

NAMES: dict[Method, tuple[str, str]] = {
    "first_come": ("先到先得", "first come"),
    "lottery": ("抽签", "lottery"),
    "ranked": ("按序排位", "ranked"),
}
WIDTH, HEIGHT, MARGIN, GAP = 960, 588, 32, 28
PANEL = (WIDTH - 2 * MARGIN - 2 * GAP) / 3
MOST_WEEKS = 12  # longer waits share the last bar
TOP, TALL = 156, 132  # of the waits
BARS_TOP, BAR, BAR_STEP = 446, 12, 38
STYLE = """
  .card { fill: #fff; stroke: #d6deda } .ink, text { fill: #16252a } .muted { fill: #4c5e64 }
  .rail { fill: #e4eae7 } .level { fill: #0f7f87 } .tail { fill: #b4540a } .axis { stroke: #738488 }
  .fair { stroke: #16252a; stroke-width: 3 }
  text { font: 14px -apple-system, "Segoe UI", "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }
  .title { font-size: 21px; font-weight: 650 } .head { font-size: 15px; font-weight: 650 }
  .small { font-size: 12.5px }
  @media (prefers-color-scheme: dark) {
    .card { fill: #172327; stroke: #2d3d42 } .ink, text { fill: #e7efed } .muted { fill: #aab9ba }
    .rail { fill: #2b3a3f } .level { fill: #4fb3b8 } .tail { fill: #f2a65a } .axis { stroke: #82959a }
    .fair { stroke: #e7efed }
  }
"""


class Bars(NamedTuple):
    """One panel of bars, a bar for each method: heading, the figure, and the figure it is compared with or ""."""

    chinese: str
    english: str
    figure: str
    fair: str


PANELS = (
    Bars("黄牛交给买家的名额", "Places that touts deliver", "through_touts", ""),
    Bars("转手的名额到了买家手里", "Resold places: buyer gets it", "resold_reach", "resold_fair"),
    Bars("慢手机的人得到的名额", "Places for slow devices", "slow", "slow_fair"),
)


def picture(assumed: Assumptions, seed: int, accounts: Sequence[Account]) -> str:
    """Return the SVG of a run: small multiples of the waits, then bars of who gets the places."""
    summary = (
        f"{assumed.weeks} 周 weeks · 每周 a week: {assumed.learners} 学员 learners, {assumed.places} 名额 places · "
        f"黄牛 touts: {assumed.touts} · seed {seed}"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="title description">',
        '<title id="title">谁等多久，名额给了谁 Who waits, and who gets the places</title>',
        f'<desc id="description">{escape(_description(accounts))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="card" x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="12"/>',
        _text(MARGIN, 46, "谁等多久，名额给了谁 · Who waits, and who gets the places", "title"),
        _text(MARGIN, 72, summary, "muted"),
        *_waits(accounts),
        *_comparisons(accounts),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _waits(accounts: Sequence[Account]) -> Iterator[str]:
    yield _text(MARGIN, 112, "等了几周 · Weeks waited, share of people", "head")
    shares = [_histogram(account) for account in accounts]
    scale = ceil(max((max(bins) for bins in shares), default=0) * 10) / 10 or 0.1
    for number, (account, bins) in enumerate(zip(accounts, shares, strict=True)):
        yield from _wait_panel(_left(number), account, bins, scale)


def _wait_panel(left: float, account: Account, bins: Sequence[float], scale: float) -> Iterator[str]:
    figures, ground = account.figures(), TOP + TALL
    yield _text(left, TOP - 16, " · ".join(NAMES[account.method]))
    step = PANEL / len(bins)
    for weeks, share in enumerate(bins):
        tall = TALL * share / scale
        kind = "tail" if weeks == MOST_WEEKS else "level"
        yield _rect(kind, left + weeks * step + 1.5, ground - tall, step - 3, tall)
        if weeks % 2 == 0:
            name = f"{weeks}+" if weeks == MOST_WEEKS else str(weeks)
            yield _text(left + (weeks + 0.5) * step, ground + 17, name, "small muted", "middle")
    yield f'<path class="axis" d="M{left:.1f} {ground}h{PANEL:.1f}"/>'
    for weeks in sorted({bins.index(max(bins)), MOST_WEEKS}):
        if bins[weeks]:
            middle, above = left + (weeks + 0.5) * step, ground - TALL * bins[weeks] / scale - 6
            yield _text(middle, above, f"{bins[weeks]:.0%}", "small", "middle")
    numbers = f"95%: ≤ {figures['wait_p95']} · 99%: ≤ {figures['wait_p99']} · 最长 longest: {figures['wait_max']}"
    yield _text(left, ground + 42, numbers)


def _comparisons(accounts: Sequence[Account]) -> Iterator[str]:
    yield _text(MARGIN, BARS_TOP - 52, "名额到了谁手里 · Who gets the places", "head")
    yield f'<path class="fair" d="M{WIDTH - MARGIN - 122} {BARS_TOP - 64}v16"/>'
    yield _text(WIDTH - MARGIN, BARS_TOP - 52, "公平份额 fair share", "small muted", "end")
    figures = [account.figures() for account in accounts]
    for number, panel in enumerate(PANELS):
        left = _left(number)
        yield _text(left, BARS_TOP - 20, panel.chinese)
        yield _text(left, BARS_TOP, panel.english, "small muted")
        for row, (account, found) in enumerate(zip(accounts, figures, strict=True)):
            fair = found[panel.fair] if panel.fair else None
            yield from _bar(left, BARS_TOP + 24 + row * BAR_STEP, NAMES[account.method][0], found[panel.figure], fair)


def _bar(left: float, base: float, name: str, share: float, fair: float | None) -> Iterator[str]:
    value = f"{share:.1%}" if fair is None else f"{share:.1%} / {fair:.1%}"
    yield _text(left, base, name, "small")
    yield _text(left + PANEL, base, value, "small", "end")
    yield _rect("rail", left, base + 6, PANEL, BAR)
    yield _rect("level", left, base + 6, PANEL * min(share, 1), BAR)
    if fair is not None:
        yield f'<path class="fair" d="M{left + PANEL * min(fair, 1):.1f} {base + 3:.1f}v{BAR + 6}"/>'


def _histogram(account: Account) -> list[float]:
    counts = Counter(min(wait.weeks, MOST_WEEKS) for wait in account.waits)
    return [share_of(counts[weeks], len(account.waits)) for weeks in range(MOST_WEEKS + 1)]


def _description(accounts: Sequence[Account]) -> str:
    said = []
    for account in accounts:
        found = account.figures()
        said.append(
            f"{NAMES[account.method][1]}: 95 of 100 wait at most {found['wait_p95']} weeks, the longest "
            f"{found['wait_max']}; {found['resold_reach']:.1%} of resold places reach the tout's customer."
        )
    return " ".join(said)


def _left(number: int) -> float:
    return MARGIN + number * (PANEL + GAP)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2"/>'


def _text(x: float, y: float, words: str, kind: str = "ink", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
