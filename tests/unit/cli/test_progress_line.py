from __future__ import annotations

import pytest

from flowcfd.cli.progress import shortened


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (40, "iteration 55, Ux 3.9e-03 p 1.5e-02"),
        (34, "iteration 55, Ux 3.9e-03 p 1.5e-02"),
        (33, "iteration 55, Ux 3.9e-03 p"),
        (13, "iteration 55"),
        (3, ""),
    ],
)
def test_a_number_is_shown_whole_or_not_at_all(room: int, words: str) -> None:
    assert shortened("iteration 55, Ux 3.9e-03 p 1.5e-02", room) == words
