"""Our figure, the peer's and the ratio, measured in one run: one module per subject with `run(*, quick) -> list[Row]`.

Peers are an extra (`pip install flowcfd[bench]`), never a dependency; without one its row says so and counts nothing.
"""
