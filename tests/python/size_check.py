"""How much room a publication takes: whoever keeps ten years of them, or downloads one, must not be surprised.

Usage: size_check.py PUBLICATIE...

Counts every file but PDFs and workbooks, which are other forms of the same. The goal is 60 MB for the whole country; what is
allowed here is less, so that a page may get a sentence longer without it.
"""

import sys
from collections import Counter
from pathlib import Path

# Bytes: millions, as one counts a download.
MOST = 58_500_000
APART = {".pdf", ".xlsx"}


def main() -> None:
    for folder in map(Path, sys.argv[1:]):
        sizes = Counter()
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix not in APART:
                sizes[path.suffix or path.name] += path.stat().st_size
        total = sizes.total()
        largest = ", ".join(f"{kind} {size / 1e6:.1f}" for kind, size in sizes.most_common(4))
        print(f"{folder.parent.name}/{folder.name}: {total / 1e6:.1f} MB ({largest})")
        assert total, f"{folder}: nothing was published"
        assert total <= MOST, f"{folder}: {total} bytes, more than {MOST}"


if __name__ == "__main__":
    assert len(sys.argv) > 1, __doc__
    main()
