"""The page's store of rows: bounded, every peak kept and drawn, no row twice and none missing unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

import flowcfd.widgets.monitor as monitor

pytestmark = pytest.mark.browser
RING = (Path(monitor.__file__).parent / "ring.js").read_text()
MAKE = """
window.make = (capacity, log = false) => new Ring({key: 'k', columns: ['a'], log, capacity});
window.rows = (...all) => new DataView(new Float64Array(all.flat()).buffer);
"""


@pytest.fixture
def ring(page: Page) -> Page:
    page.goto("about:blank")
    page.add_script_tag(content=RING + MAKE)
    return page


def test_rows_are_bounded_and_the_peak_stays_and_is_drawn(ring: Page) -> None:
    found = ring.evaluate("""() => {
      const ring = make(1000);
      for (let n = 0; n < 100000; n += 100) {
        const part = Array.from({length: 100}, (_, k) => [n + k, n + k === 4321 ? 99 : Math.sin(n + k)]);
        ring.take(rows(...part), n);
      }
      const drawn = ring.drawn(null, 50);
      const near = ring.drawn([99950, 99960], 50);
      return {length: ring.length, count: ring.count, most: Math.max(...ring.data[1]), points: drawn[0].length,
        peak: Math.max(...drawn[1]), rising: drawn[0].every((x, k) => !k || x >= drawn[0][k - 1]), near: near[0]};
    }""")
    assert found["length"] <= 1000
    assert found["count"] == 100_000
    assert found["most"] == found["peak"] == 99
    assert found["points"] <= 100
    assert found["rising"]
    assert found["near"] == list(range(99949, 99962))


def test_rows_that_were_there_are_skipped_and_missing_ones_are_seen(ring: Page) -> None:
    found = ring.evaluate("""() => {
      const ring = make(1000);
      const told = [ring.take(rows([1, 1], [2, 2]), 0), ring.take(rows([2, 2], [3, 3]), 1), ring.take(rows([5, 5]), 4)];
      return {told, x: ring.data[0]};
    }""")
    assert found == {"told": [True, True, False], "x": [1, 2, 3]}


def test_a_resumed_run_takes_the_place_of_what_it_computes_again(ring: Page) -> None:
    data = ring.evaluate("""() => {
      const ring = make(1000);
      ring.take(rows([1, 1], [2, 2], [3, 3], [2, 20]), 0);
      return ring.data;
    }""")
    assert data == [[1, 2], [1, 20]]


def test_a_logarithmic_axis_has_gaps_for_what_is_not_positive(ring: Page) -> None:
    data = ring.evaluate(
        "() => { const r = make(9, true); r.take(rows([1, 0], [2, NaN], [3, 1]), 0); return r.data[1]; }"
    )
    assert data == [None, None, 1]
