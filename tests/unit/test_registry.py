from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from importlib import import_module
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest

from flowcfd.errors import SiteError, UnknownName
from flowcfd.registry import Registry


def plug_in(folder: Path, line: str) -> None:
    """An installed package that declares one entry point."""
    info = folder / "windmill-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: windmill\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[flowcfd.mills]\n{line}\n")


def mills() -> Registry[object]:
    registry: Registry[object] = Registry("mill", "flowcfd.mills")
    registry.register("water", "our own")
    return registry


def test_a_part_is_found_by_its_name() -> None:
    assert mills().get("water") == "our own"
    assert mills().names() == ["water"]


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UnknownName) as caught:
        mills().get("watr", where="country.mill")
    assert str(caught.value) == "country.mill: unknown mill 'watr'; did you mean 'water'? there are: water"


def test_a_second_part_of_a_name_is_an_error_of_the_programmer() -> None:
    registry = mills()
    assert registry.register("water", registry.get("water")) == "our own"
    with pytest.raises(ValueError, match="mill 'water' is registered twice"):
        registry.register("water", "another")


def test_our_own_parts_are_loaded_on_the_first_look() -> None:
    calls = []

    def load() -> None:
        calls.append("load")
        registry.register("wind", "loaded")

    registry: Registry[str] = Registry("mill", "flowcfd.mills", load)
    assert calls == []
    assert registry.get("wind") == registry.get("wind") == "loaded"
    assert calls == ["load"]


def test_a_thread_that_asks_while_the_parts_are_loaded_waits_for_all_of_them() -> None:
    """Monitor and wizard once gave two verdicts on one run: one of them by half of the judges."""
    begun, go_on = Event(), Event()

    def load() -> None:
        registry.register("wind", "loaded")
        begun.set()
        assert go_on.wait(60)
        registry.register("steam", "loaded")

    registry: Registry[str] = Registry("mill", "flowcfd.mills", load)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(registry.names)
        assert begun.wait(60)
        second = pool.submit(registry.names)
        wait([second], timeout=0.05)  # it would be done by now if it did not wait
        go_on.set()
        assert first.result(60) == second.result(60) == ["steam", "wind"]


def test_a_part_that_is_being_loaded_may_ask_for_others() -> None:
    def load() -> None:
        registry.register("wind", "loaded")
        registry.register("steam", registry.get("wind"))

    registry: Registry[str] = Registry("mill", "flowcfd.mills", load)
    assert registry.names() == ["steam", "wind"]


def test_a_plug_in_comes_in_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(tmp_path, "wind = fractions:Fraction")
    monkeypatch.syspath_prepend(tmp_path)
    registry = mills()
    assert registry.names() == ["water", "wind"]
    assert registry.get("wind").__name__ == "Fraction"
    assert [name for name, _ in registry.items()] == ["water", "wind"]


def test_a_plug_in_does_not_replace_our_own_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(tmp_path, "water = fractions:Fraction")
    monkeypatch.syspath_prepend(tmp_path)
    assert dict(mills().items()) == {"water": "our own"}


GATE = """from importlib import import_module
gate = import_module("{test}").GATES["{name}"]
gate.imported()
Mill = object()
"""
GATES: dict[str, Gate] = {}
"""Where modules of plug-ins stop while they are imported, by the module's name."""


class Gate:
    """A module that says that its import has begun, and goes on when it may."""

    def __init__(self, folder: Path, name: str) -> None:
        GATES[name] = self
        self.begun, self.go_on, self.asks = Event(), Event(), lambda: None
        (folder / f"{name}.py").write_text(GATE.format(test=__name__, name=name))

    def imported(self) -> None:
        self.begun.set()
        assert self.go_on.wait(60)
        self.asks()


@pytest.mark.parametrize("ask", [Registry.names, lambda mills: mills.get("wind")], ids=["names", "get"])
def test_a_thread_that_asks_while_plug_ins_are_read_waits_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Registry[object]], object]
) -> None:
    """A run of a plug-in's solver was once refused as unknown while the wizard was still importing the plug-in."""
    gate = Gate(tmp_path, name := f"slow_mill_{uuid4().hex}")
    plug_in(tmp_path, f"wind = {name}:Mill")
    monkeypatch.syspath_prepend(tmp_path)
    registry = mills()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, registry)
        assert gate.begun.wait(60)
        second = pool.submit(ask, registry)
        wait([second], timeout=0.05)  # it would be done by now if it did not wait
        gate.go_on.set()
        assert first.result(60) is second.result(60) or first.result() == second.result() == ["water", "wind"]


def test_a_plug_in_that_is_being_imported_may_ask_for_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(tmp_path, name := f"asking_mill_{uuid4().hex}")
    plug_in(tmp_path, f"wind = {name}:Mill")
    monkeypatch.syspath_prepend(tmp_path)
    registry, found = mills(), []
    gate.asks = lambda: found.append(registry.names())
    gate.go_on.set()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(registry.names).result(60) == ["water", "wind"]
    assert found == [["water"]]


def test_a_plug_in_that_asks_while_another_thread_wants_its_module_hangs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread imports the plug-in itself and holds its module; the registry's reader waits for that module."""
    gate = Gate(tmp_path, name := f"wanted_mill_{uuid4().hex}")
    other = Gate(tmp_path, before := f"first_mill_{uuid4().hex}")
    plug_in(tmp_path, f"steam = {before}:Mill\nwind = {name}:Mill")
    monkeypatch.syspath_prepend(tmp_path)
    registry = mills()
    gate.asks = registry.names
    with ThreadPoolExecutor(2) as pool:
        reader = pool.submit(registry.names)
        assert other.begun.wait(60)
        importer = pool.submit(import_module, name)
        assert gate.begun.wait(60)
        other.go_on.set()
        gate.go_on.set()
        assert reader.result(60) == ["steam", "water", "wind"] and importer.result(60)


def test_a_broken_plug_in_is_named_whoever_asks_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second to ask was once told that there is no such mill."""
    plug_in(tmp_path, "wind = no_such_module_anywhere:Part")
    monkeypatch.syspath_prepend(tmp_path)
    registry = mills()
    for _ in range(2):
        with pytest.raises(SiteError, match="plug-in 'no_such_module_anywhere:Part'"):
            registry.get("wind")


@pytest.mark.parametrize("target", ["no_such_module_anywhere:Part", "fractions:NoSuchPart"])
def test_a_broken_plug_in_is_a_defect_of_the_site_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    plug_in(tmp_path, f"wind = {target}")
    monkeypatch.syspath_prepend(tmp_path)
    registry = mills()
    assert registry.get("water") == "our own"
    with pytest.raises(SiteError, match=f"plug-in '{target}' of group flowcfd.mills cannot be loaded: "):
        registry.get("wind")
