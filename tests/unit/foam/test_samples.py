"""Numbers that are read while a run writes them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from flowcfd.foam.samples import Source, reattachment, samples

HEAD = "# Force coefficients\n# dragDir : (1 0 0)\n# Time \tCd\tCd(f)\tCl\n"
CD = Source("body", "coefficient", "Cd")


def put(case: Path, place: str, text: str, mode: str = "w") -> None:
    path = case / "postProcessing" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(mode) as file:
        file.write(text)


def test_a_column_is_found_by_its_name_and_read_on_to_the_last_whole_line(tmp_path: Path) -> None:
    reader = samples(tmp_path, Source("body", "coefficient", "Cl"))
    assert reader.poll() is False
    put(tmp_path, "body/0/coefficient.dat", HEAD + "1\t0.5\t0.2\t-1\n2\t0.4\t0.1\t-2\n3\t0.")
    assert reader.poll() is True
    assert (reader.times, reader.values) == ([1.0, 2.0], [-1.0, -2.0])
    assert reader.poll() is False
    put(tmp_path, "body/0/coefficient.dat", "3\t0.1\t-3\n", "a")
    assert reader.poll() is True
    assert (reader.times, reader.values) == ([1.0, 2.0, 3.0], [-1.0, -2.0, -3.0])


def test_what_a_later_run_computes_again_counts(tmp_path: Path) -> None:
    put(tmp_path, "body/0/coefficient.dat", HEAD + "".join(f"{n}\t{n}\t0\t0\n" for n in range(1, 11)))
    put(tmp_path, "body/5/coefficient.dat", HEAD + "6\t60\t0\t0\n7\t70\t0\t0\n")
    reader = samples(tmp_path, CD)
    reader.poll()
    assert reader.times == [1, 2, 3, 4, 5, 6, 7]
    assert reader.values == [1, 2, 3, 4, 5, 60, 70]
    put(tmp_path, "body/5/coefficient_0.dat", HEAD + "6\t600\t0\t0\n")
    reader.poll()
    assert (reader.times[-1], reader.values[-1]) == (6, 600)


def test_a_row_that_is_written_twice_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "body/0/coefficient.dat", HEAD + "1\t1\t0\t0\n2\t2\t0\t0\n2\t2\t0\t0\n")
    reader = samples(tmp_path, CD)
    reader.poll()
    assert reader.times == [1, 2]


def test_vectors_stand_in_brackets_and_a_probe_outside_has_no_value(tmp_path: Path) -> None:
    put(tmp_path, "points/0/U", "# Probe 0 (0 0 0)\n# Probe 1 (9 9 9)\n# Time\n0.1 (1 2 3) (-1e+300 -1e+300 -1e+300)\n")
    second, lost = samples(tmp_path, Source("points", "U", 1)), samples(tmp_path, Source("points", "U", 3))
    second.poll(), lost.poll()
    assert second.values == [2.0]
    assert math.isnan(lost.values[0])


def test_a_column_that_is_not_there_gives_nothing(tmp_path: Path) -> None:
    put(tmp_path, "body/0/coefficient.dat", HEAD + "1\t1\t0\t0\n")
    reader = samples(tmp_path, Source("body", "coefficient", "Cx"))
    assert reader.poll() is False
    short = samples(tmp_path, Source("body", "coefficient", 9))
    assert short.poll() is False


def test_a_source_is_the_same_after_JSON() -> None:
    for source in (CD, Source("r", "wallShearStress_floor.raw", 0, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))):
        assert Source.from_json(source.to_json()) == source


RAW = "# wallShearStress  FACE_DATA {count}\n# x  y  z  wallShearStress_x\n{rows}"


def shear(*pairs: tuple[float, float]) -> str:
    rows = "".join(f"{x} 0 0.5 {value} 0 0\n" for x, value in pairs)
    return RAW.format(count=len(pairs), rows=rows)


def test_reattachment_is_read_from_whole_files_only_and_again_where_they_change(tmp_path: Path) -> None:
    source = Source("reattachment", "wallShearStress_floor.raw", 0, (1.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    reader = samples(tmp_path, source)
    place = "reattachment/{}/wallShearStress_floor.raw"
    put(tmp_path, place.format(10), shear((1, 2.0), (2, 2.0), (3, -2.0)))
    put(tmp_path, place.format(20), RAW.format(count=3, rows="1 0 0 2 0 0\n2 0 0 2"))
    assert reader.poll() is True
    assert (reader.times, reader.values) == ([10.0], [2.5])
    put(tmp_path, place.format(20), shear((1, 2.0), (2, 1.0), (3, -3.0)))
    assert reader.poll() is True
    assert (reader.times, reader.values) == ([10.0, 20.0], [2.5, 2.25])
    assert reader.poll() is False


def rows(*pairs: tuple[float, float]) -> list[tuple[float, ...]]:
    return [(x, 0.0, 0.5, value, 0.0, 0.0) for x, value in pairs]


X, ORIGIN = (1.0, 0.0, 0.0), (0.0, 0.0, 0.0)


def test_the_last_end_of_backflow_counts_not_the_vortex_in_the_corner() -> None:
    corner = rows((0.1, -1.0), (0.3, -1.0), (0.5, 1.0), (3.0, 2.0), (4.0, -2.0), (9.0, -5.0))
    assert reattachment(corner, X, ORIGIN) == pytest.approx(3.5)


def test_faces_farther_from_the_line_than_asked_for_do_not_count() -> None:
    near = [(x, 0.1, 0.5, value, 0.0, 0.0) for x, value in [(1.0, 2.0), (2.0, -2.0)]]
    far = [(x, 0.9, 0.5, value, 0.0, 0.0) for x, value in [(1.0, 2.0), (2.0, 2.0), (3.0, -2.0)]]
    middle = (0.0, 0.0, 0.5)
    assert reattachment([*near, *far], X, middle, 0.2) == pytest.approx(1.5)
    assert reattachment([*near, *far], X, middle) == pytest.approx(2.0)


def test_the_length_is_counted_from_the_origin_along_the_direction() -> None:
    turned = [(-x, 0.0, 0.0, -value, 0.0, 0.0) for x, *_, value in [(1.0, 2.0), (2.0, -2.0)]]
    assert reattachment(turned, (-2.0, 0.0, 0.0), (-0.5, 0.0, 0.0)) == pytest.approx(1.0)


def test_faces_across_the_span_count_by_their_mean_and_those_without_shear_do_not() -> None:
    wide = rows((1.0, 3.0), (1.0, 1.0), (2.0, -1.0), (2.0, -3.0), (1.5, 0.0))
    assert reattachment(wide, X, ORIGIN) == pytest.approx(1.5)


def test_a_wall_without_backflow_has_no_reattachment() -> None:
    assert reattachment(rows((1, -1.0), (2, -2.0)), X, ORIGIN) is None
    assert reattachment(rows((1, 1.0), (2, 2.0)), X, ORIGIN) is None
    assert reattachment([], X, ORIGIN) is None
