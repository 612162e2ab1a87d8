"""The hash tree over the leaves of a round. It only grows: who kept an older root can prove a rewriting."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from booking.allotment.rules.encoding import ANNOUNCEMENT, NODE, ROW, canonical, digest


def announcement_leaf(announcement: object) -> bytes:
    """Return leaf 0."""
    return digest(ANNOUNCEMENT, canonical(announcement))


def row_leaf(row: object, nonce: bytes) -> bytes:
    """Return the leaf of a row; the nonce keeps it from being guessed while rows are secret."""
    return digest(ROW, canonical(row), nonce)


@dataclass(slots=True)
class Tree:
    """A growing tree, kept as its complete subtrees from left to right: a root costs log n, never n.

    A list of n > 1 leaves is split at the largest power of two below n.
    """

    n: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add one leaf on the right."""
        size = self.n
        while size & 1:
            leaf = digest(NODE, self.peaks.pop(), leaf)
            size >>= 1
        self.peaks.append(leaf)
        self.n += 1

    def root(self) -> bytes:
        """Return the root over all leaves; raise `IndexError` for a tree without any."""
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = digest(NODE, peak, root)
        return root

    def as_text(self) -> str:
        """Write the peaks for a database column; `n` is kept beside them."""
        return "".join(peak.hex() for peak in self.peaks)

    @classmethod
    def from_text(cls, n: int, text: str) -> "Tree":
        """Read what `as_text` wrote."""
        return cls(n, [bytes.fromhex(text[at : at + 64]) for at in range(0, len(text), 64)])


def roots_at(leaves: Iterable[bytes], counts: Iterable[int]) -> dict[int, bytes]:
    """Return the root of the first n leaves for each n of `counts` that the leaves reach."""
    wanted, tree, found = set(counts), Tree(), {}
    for leaf in leaves:
        tree.append(leaf)
        if tree.n in wanted:
            found[tree.n] = tree.root()
    return found
