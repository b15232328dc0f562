"""Bodies of many kinds on the road from file to mesh, and sick ones that have to be refused: the table of it.

    python tools/robustness.py [NAME ...]      Markdown; ends with 1 where one of them is not as it should be

The bodies are those of tests/flow/cad; their files and runs go into a temporary folder.
"""

from __future__ import annotations

import os
import sys
import tempfile
from multiprocessing.pool import ThreadPool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/flow/cad"))

AT_ONCE = 2


def main(names: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="flowcfd-robustness-") as made:
        os.environ["FLOWCFD_HOME"] = str(Path(made) / "home")
        import gallery
        import road

        healthy = [body for body in gallery.HEALTHY if not names or body.name in names]
        sick = [body for body in gallery.SICK if not names or body.name in names]
        files = gallery.made(Path(made), [body.name for body in (*healthy, *sick)])
        rows, refusals = [], []
        with ThreadPool(AT_ONCE) as pool:  # meshing is done by processes of its own
            for number, row in enumerate(pool.imap(lambda body: road.tried(body, files), healthy), 1):
                rows.append(row)
                print(f"{number} of {len(healthy)}, {row.name}: {row.verdict}", file=sys.stderr, flush=True)
        for one in sick:
            refusals.append((one, *road.refusal(one, files)))
            print(f"{one.name}: {refusals[-1][2]}", file=sys.stderr, flush=True)
    print(road.table(rows), road.told(rows), road.refused(refusals), sep="\n\n")
    right = all(row.verdict == road.CLEAN for row in rows) and all(road.named(*one) for one in refusals)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
