"""Make the model that comes with Takt from its corpus: `takt/filter/shipped.model`. With --check, say whether it is up to date."""

import sys
from pathlib import Path

from takt.filter.corpus import fingerprint, varied
from takt.filter.model_file import pack, unpack
from takt.filter.training import train

MODEL = Path(__file__).resolve().parent.parent / "takt" / "filter" / "shipped.model"
SCORES_MAY_DIFFER = 0.01


def main() -> int:
    """Make it, or compare; returns the exit status."""
    written = varied()
    texts, labels = [one.text for one in written], [one.label for one in written]
    made = train(texts, labels, print, learned_from=fingerprint())
    if sys.argv[1:] != ["--check"]:
        MODEL.write_bytes(pack(made))
        print(f"{MODEL.name}: {MODEL.stat().st_size:,} bytes")
        return 0
    pairs = zip(unpack(MODEL.read_bytes()).score(texts), made.score(texts), strict=True)
    furthest = max(abs(one.spam - other.spam) for one, other in pairs)
    print(f"{MODEL.name} and what the corpus gives now differ by {furthest:.6f} at most")
    return int(furthest > SCORES_MAY_DIFFER)


if __name__ == "__main__":
    sys.exit(main())
