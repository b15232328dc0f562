"""`size`: a plan of a mesh by rule, with as many cells as are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from flowcfd import telling
from flowcfd.cad.geometry import Geometry, folder
from flowcfd.case.body import Body
from flowcfd.case.domain import Domain
from flowcfd.case.internal import Internal
from flowcfd.case.tunnel import WindTunnel
from flowcfd.errors import CaseError
from flowcfd.meshing.castellation import castellate
from flowcfd.meshing.counter import Counter
from flowcfd.meshing.estimate import count, task
from flowcfd.meshing.features import Features, features, size_of
from flowcfd.meshing.flow import Flow
from flowcfd.meshing.octree import Count
from flowcfd.meshing.plan import MeshPlan, Reason
from flowcfd.meshing.rule import Depths, Draft, depths, drawn, shallower, usual

NEAR = 0.01
"""A count nearer to the wanted one than this share is taken."""
MET = 0.05
"""A count by castellation further from the wanted one than this share is tried to be mended."""
GOOD = 0.02
SWELL = 0.6, 1.8
"""How much smaller or larger than proposed boxes may become to meet a number of cells."""
LOOPS = 4
"""Castellations at most."""
POWER = 2.4
"""The number of cells grows with the fineness to this power: between a surface's and a volume's."""
FEWEST, MOST = 1000, 200_000_000


def size(
    geometry: Geometry | Body,
    flow: Flow,
    *,
    cells: int | None = None,
    y_plus: float | None = None,
    domain: Domain | None = None,
    half: bool = False,
    exact: bool = False,
) -> MeshPlan:
    """How fine to mesh a body for a flow, by rule, each number with its reason.

        plan = fc.size(body, fc.Flow("40 m/s"), cells=200_000, domain=fc.WindTunnel(half=True))
        case = plan.case(outputs=[fc.Forces("body")])

    `cells` is met by an octree that counts what the mesher will make; with `exact` the mesher's own castellation is
    done until it is met within 5 %. `y_plus` is that of the first cells' centres; by rule wall functions are meant.
    Without a domain: Internal where a patch is called inlet..., else a WindTunnel without ground.

    CaseError for what does not fit together, GeometryError for a surface that is not closed, SiteError where `exact`
    needs OpenFOAM and it is not there.
    """
    if cells is not None and not FEWEST <= cells <= MOST:
        raise CaseError(f"cells: must be {FEWEST} to {MOST} (got {cells!r})")
    if y_plus is not None and not (math.isfinite(y_plus) and y_plus > 0):
        raise CaseError(f"y_plus: must be positive (got {y_plus!r})")
    body = geometry.body() if isinstance(geometry, Geometry) else geometry
    chosen, why = _domain(body, domain, half=half)
    space = chosen.around(body)
    _refuse(space, body)
    internal = bool(getattr(space, "solid_is_fluid", False))
    along = flow.along(size_of(body, internal=True) if internal else body.extent[0])
    with Counter(folder(body.digest), body.digest, body.label) as counter:
        seen = counter.ask("look", "looking at sizes")
        told = features(body, space, along, seen, y_plus=y_plus, cells=cells)
        search = _Search(counter, body, chosen, space, along, told, why)
        found = search.usual() if cells is None else search.met(cells)
        return search.exactly(found, cells) if exact else search.plan(found)


def _domain(body: Body, given: Domain | None, *, half: bool) -> tuple[Domain, str]:
    if given is not None:
        if half and not getattr(given, "half", False):
            raise CaseError(f"half: is said by the domain, {given.kind}(half=True)")
        return given, "as given"
    if any(name.lower().startswith("inlet") for name in body.patches):
        return Internal(), "a patch of the body is called inlet, so the fluid is inside"
    return WindTunnel(ground=False, half=half), "none was given, and no patch is called inlet: a tunnel without ground"


def _refuse(space: Domain, body: Body) -> None:
    if not space.holds_body:
        raise CaseError(f"domain: must be one that holds a body, such as WindTunnel (got {space.kind})")
    misfits: Any = getattr(space, "misfits", None)
    problems = misfits(body) if misfits is not None else []
    if problems:
        raise CaseError([f"{'.'.join(map(str, loc))}: {text}" for loc, text in problems])


@dataclass(frozen=True)
class _Found:
    """A draft with its surface cells' size [m] and its count."""

    cell: float
    draft: Draft
    count: Count


@dataclass(frozen=True)
class _Search:
    """The search for one plan."""

    counter: Counter
    body: Body
    domain: Domain
    space: Domain
    flow: Flow
    told: Features
    why: str

    def usual(self) -> _Found:
        """By the rule alone."""
        cell = usual(self.told)
        return self._try(cell, depths(self.told, self.body, self.space, cell))

    def met(self, cells: int) -> _Found:
        """With about so many cells: first levels are chosen anew for each size, then kept."""
        cell = usual(self.told)
        tried: list[_Found] = []
        for _ in range(6):
            tried.append(self._try(cell, depths(self.told, self.body, self.space, cell)))
            if _off(tried[-1].count.cells, cells) < NEAR:
                return tried[-1]
            cell *= min(4.0, max(0.25, (tried[-1].count.cells / cells) ** (1 / POWER)))
        best = self.kept(_best(tried, cells, _cells), cells)
        if _off(best.count.cells, cells) < MET / 2:
            return best
        finer = shallower(best.draft.depths)  # of a finer background there are more numbers of cells
        other = self.kept(self._try(best.cell, finer), cells) if finer.surface else best
        return min((best, other), key=lambda one: _off(one.count.cells, cells))

    def kept(self, found: _Found, cells: float) -> _Found:
        """With about so many cells and the same levels: the size of the background does it."""
        tried, depth = [found], found.draft.depths
        cell = found.cell * (found.count.cells / cells) ** (1 / POWER)
        for _ in range(8):
            if _off(_best(tried, cells, _cells).count.cells, cells) < NEAR / 2 or _stuck(tried):
                break
            tried.append(self._try(cell, depth))
            below = [one for one in tried if one.count.cells <= cells]
            above = [one for one in tried if one.count.cells > cells]
            if below and above:
                coarse, fine = (min(below, key=lambda one: one.cell), max(above, key=lambda one: one.cell))
                share = math.log(cells / coarse.count.cells) / math.log(fine.count.cells / coarse.count.cells)
                cell = coarse.cell * (fine.cell / coarse.cell) ** min(0.9, max(0.1, share))
            else:
                cell *= (tried[-1].count.cells / cells) ** (1 / POWER)
        best: _Found = _best(tried, cells, _cells)
        if _off(best.count.cells, cells) <= NEAR / 2 or not depth.boxes:
            return best
        sides = ([one for one in tried if (one.count.cells > cells) == more] for more in (True, False))
        nearest = [_best(side, cells, _cells) for side in sides if side]
        return _best([self._swollen(one, cells) for one in nearest], cells, _cells)  # type: ignore[no-any-return]

    def _swollen(self, found: _Found, cells: float) -> _Found:
        """Boxes larger or smaller: whole cells across the domain leave gaps between the numbers that there are."""
        depth = found.draft.depths
        tried = [found]
        low, high = (SWELL[0], depth.swell) if found.count.cells > cells else (depth.swell, SWELL[1])
        for _ in range(7):
            swell = math.sqrt(low * high)
            tried.append(self._try(found.cell, replace(depth, swell=swell)))
            if _off(tried[-1].count.cells, cells) < NEAR:
                break
            low, high = (low, swell) if tried[-1].count.cells > cells else (swell, high)
        best: _Found = _best(tried, cells, _cells)
        return best

    def exactly(self, found: _Found, cells: int | None) -> MeshPlan:
        """The plan whose cells OpenFOAM has counted; a few castellations where a number is wanted."""
        tried: list[tuple[_Found, Count]] = []
        for loop in range(LOOPS):
            telling.tell(self, f"{self.body.label}: castellation {loop + 1}", loop / LOOPS)
            real = castellate(self.plan(found).case(name="plan"))
            tried.append((found, real))
            if cells is None or _off(real.cells, cells) < GOOD:
                break
            if loop >= 2 and min(_off(one.cells, cells) for _, one in tried) < MET:
                break
            found = self.kept(found, cells * found.count.cells / real.cells)
        telling.tell(self, "", over=True)
        best, real = tried[-1] if cells is None else _best(tried, cells, lambda one: one[1].cells)
        return self.plan(best, real)

    def plan(self, found: _Found, real: Count | None = None) -> MeshPlan:
        """The plan of what was found."""
        counted = found.count if real is None else real
        reasons = {"domain": Reason(value=self.domain.kind, why=self.why)}
        reasons |= {name: Reason(value=value, why=why) for name, (value, why) in found.draft.reasons.items()}
        return MeshPlan(
            body=self.body,
            flow=self.flow,
            domain=self.domain,
            mesh=found.draft.mesh,
            cells=counted.cells,
            layer_cells=counted.cells - counted.castellated,
            counted="octree" if real is None else "castellation",
            y_plus=found.draft.y_plus,
            reasons=reasons,
            features=self.told,
        )

    def _try(self, cell: float, depth: Depths) -> _Found:
        draft = drawn(self.told, self.flow, self.space, cell, depth)
        counted = count(self.counter, task(self._unfinished(draft)))
        if not counted.cells:
            raise CaseError("mesh: no cell is left; is the fluid on the other side of the surface?")
        return _Found(cell, draft, counted)

    def _unfinished(self, draft: Draft) -> Any:
        from flowcfd.meshing.plan import boundaries

        plan = MeshPlan.model_construct(
            body=self.body, flow=self.flow, domain=self.domain, mesh=draft.mesh, cells=1, features=self.told, reasons={}
        )
        return plan.case(name="plan", boundaries=boundaries(self.space, self.flow))


def _stuck(tried: list[_Found]) -> bool:
    """Whether another size gave the same cells: whole cells across the domain make the numbers jump."""
    return len(tried) > 2 and tried[-1].count == tried[-2].count


def _cells(one: _Found) -> int:
    return one.count.cells


def _off(cells: float, wanted: float) -> float:
    return abs(cells / wanted - 1)


def _best(tried: Iterable[Any], wanted: float, cells: Callable[[Any], float]) -> Any:
    return min(tried, key=lambda one: _off(cells(one), wanted))
