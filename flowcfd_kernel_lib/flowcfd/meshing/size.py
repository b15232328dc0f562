"""`size`: a plan of a mesh by rule, with as many cells as are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from numbers import Real
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
from flowcfd.meshing.finished import Finished, finished
from flowcfd.meshing.flow import Flow
from flowcfd.meshing.octree import Count
from flowcfd.meshing.plan import MeshPlan, Reason
from flowcfd.meshing.rule import Depths, Draft, depths, drawn, shallower, usual

NEAR = 0.01
"""A count nearer to the wanted one than this share is taken."""
MET = 0.05
"""A finished mesh further from the wanted number than this share is aimed at again."""
GOOD = 0.03
"""A first castellation, or a first mesh, that is not further is not aimed at again."""
SWELL = 0.6, 1.8
"""How much smaller or larger than proposed boxes may become to meet a number of cells."""
LOOPS = 3
"""Castellations at most: they cost a quarter of a mesh and more, and know nothing of the layers that get lost."""
MESHES = 5
"""Finished meshes at most; where cells of two sizes meet on a surface, luck says how many layers survive."""
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

    `cells` is met by an octree that counts what the mesher will make; with `exact` the mesher castellates, and then
    makes the mesh whole in a folder of its own, until what it makes is within 5 % with the layers that survive: one to
    five times the work of the mesh. `y_plus` is that of the first cells' centres; by rule wall functions are meant.
    Without a domain: Internal where a patch is called inlet..., else a WindTunnel without ground.

    CaseError for what does not fit together, GeometryError for a surface that is not closed, SiteError where `exact`
    needs OpenFOAM and it is not there.
    """
    _understood(geometry, flow, cells, y_plus, domain)
    body = geometry.body() if isinstance(geometry, Geometry) else geometry
    chosen, why = domain_for(body, domain, half=half)
    space = chosen.around(body)
    _refuse(space, body)
    internal = bool(getattr(space, "solid_is_fluid", False))
    along = flow.along(size_of(body, space) if internal else body.extent[0])
    with Counter(folder(body.digest), body.digest, body.label) as counter:
        seen = counter.ask("look", "looking at sizes")
        told = features(body, space, along, seen, y_plus=y_plus, cells=cells)
        search = _Search(counter, body, chosen, space, along, told, why)
        found = search.usual() if cells is None else _enough(search, int(cells))
        if found.draft.refused:
            raise CaseError(found.draft.refused)
        return search.exactly(found, cells) if exact else search.plan(found)


def _enough(search: _Search, cells: int) -> _Found:
    """The mesh of about so many cells; CaseError where they are too few for any."""
    try:
        return search.met(cells)
    except CaseError as error:
        if any(line.startswith("mesh.cell: ") for line in error.problems):
            raise CaseError(
                f"cells: {cells} are too few for {search.body.label} in a {search.domain.kind} whose shortest side is "
                f"{search.told.shortest:.3g} m; ask for more"
            ) from None
        raise


def _understood(geometry: object, flow: object, cells: object, y_plus: object, domain: object) -> None:
    """Whether each is what it should be; CaseError says what to give."""
    if not isinstance(geometry, (Geometry, Body)):
        raise CaseError(f"geometry: must be one of flowcfd.load(...) (got {geometry!r})")
    if not isinstance(flow, Flow):
        raise CaseError(f"flow: must be a Flow, such as flowcfd.Flow('40 m/s') (got {flow!r})")
    possible(cells, y_plus)
    if domain is not None and not isinstance(domain, Domain):
        raise CaseError(f"domain: must be one that holds a body, such as flowcfd.WindTunnel() (got {domain!r})")


def possible(cells: object, y_plus: object) -> None:
    """Whether so many cells and such a y+ can be asked for at all, of whatever body; CaseError says what can."""
    if cells is not None and not (isinstance(cells, Real) and FEWEST <= float(cells) <= MOST and cells % 1 == 0):
        raise CaseError(f"cells: must be a whole number from {FEWEST} to {MOST} (got {cells!r})")
    if y_plus is not None and not (isinstance(y_plus, Real) and math.isfinite(y_plus) and float(y_plus) > 0):
        raise CaseError(f"y_plus: must be a number above 0 (got {y_plus!r})")


def domain_for(body: Body, given: Domain | None = None, *, half: bool = False) -> tuple[Domain, str]:
    """The domain that is given, or else the one that suits a body, and why."""
    if given is not None:
        if half and not hasattr(given, "half"):
            raise CaseError(f"half: is for domains around a body; {given.kind} has none, its body is cut in CAD")
        if half and not getattr(given, "half", False):
            raise CaseError(f"half: is said by the domain, {given.kind}(half=True)")
        return given, "as given"
    if any(name.lower().startswith("inlet") for name in body.patches):
        if half:
            raise CaseError(
                "half: is for domains around a body; a patch of this one is called inlet, so the fluid is inside: "
                "cut it in CAD, or give the domain"
            )
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
    """A draft with its surface cells' size [m] and its count.

    `shares` say what the octree's cells without layers, and those in layers, come to in the mesher's hands.
    """

    cell: float
    draft: Draft
    count: Count
    shares: tuple[float, float] = (1.0, 1.0)

    @property
    def cells(self) -> int:
        """The cells that there will be."""
        return round(self.shares[0] * self.count.castellated + self.shares[1] * _in_layers(self.count))


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
    shares: tuple[float, float] = (1.0, 1.0)

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
            if _off(tried[-1].cells, cells) < NEAR:
                return tried[-1]
            cell *= min(4.0, max(0.25, (tried[-1].cells / cells) ** (1 / POWER)))
        return self.near(_best(tried, cells, _cells), cells)

    def near(self, found: _Found, cells: int) -> _Found:
        """With about so many cells: of the same background, or of one half as wide, where there are more numbers."""
        best = self.kept(found, cells)
        if _off(best.cells, cells) < MET / 2:
            return best
        finer = shallower(best.draft.depths)
        other = self.kept(self._try(best.cell, finer), cells) if finer.surface > 0 else best
        return min((best, other), key=lambda one: _off(one.cells, cells))

    def kept(self, found: _Found, cells: float) -> _Found:
        """With about so many cells and the same levels: the size of the background does it."""
        tried, depth = [found], found.draft.depths
        cell = found.cell * (found.cells / cells) ** (1 / POWER)
        for _ in range(8):
            if _off(_best(tried, cells, _cells).cells, cells) < NEAR / 2 or _stuck(tried):
                break
            tried.append(self._try(cell, depth))
            below = [one for one in tried if one.cells <= cells]
            above = [one for one in tried if one.cells > cells]
            if below and above:
                coarse, fine = (min(below, key=lambda one: one.cell), max(above, key=lambda one: one.cell))
                share = math.log(cells / coarse.cells) / math.log(fine.cells / coarse.cells)
                cell = coarse.cell * (fine.cell / coarse.cell) ** min(0.9, max(0.1, share))
            else:
                cell *= (tried[-1].cells / cells) ** (1 / POWER)
        best: _Found = _best(tried, cells, _cells)
        if _off(best.cells, cells) <= NEAR / 2 or not depth.boxes:
            return best
        sides = ([one for one in tried if (one.cells > cells) == more] for more in (True, False))
        nearest = [_best(side, cells, _cells) for side in sides if side]
        return _best([self._swollen(one, cells) for one in nearest], cells, _cells)  # type: ignore[no-any-return]

    def _swollen(self, found: _Found, cells: float) -> _Found:
        """Boxes larger or smaller: whole cells across the domain leave gaps between the numbers that there are."""
        depth = found.draft.depths
        tried = [found]
        low, high = (SWELL[0], depth.swell) if found.cells > cells else (depth.swell, SWELL[1])
        for _ in range(7):
            swell = math.sqrt(low * high)
            tried.append(self._try(found.cell, replace(depth, swell=swell)))
            if _off(tried[-1].cells, cells) < NEAR:
                break
            low, high = (low, swell) if tried[-1].cells > cells else (swell, high)
        best: _Found = _best(tried, cells, _cells)
        return best

    def exactly(self, found: _Found, cells: int | None) -> MeshPlan:
        """The plan whose finished mesh was made; where a number is wanted, aimed again with what is known of it."""
        tried: list[tuple[_Found, Finished]] = []
        try:
            aimed = found if cells is None else self._castellated(found, cells)
            for loop in range(1 if cells is None else MESHES):
                telling.tell(self, f"{self.body.label}: mesh {loop + 1}", (LOOPS + loop) / (LOOPS + MESHES))
                real = finished(self.plan(aimed).case(name=self.body.label))
                tried.append((aimed, real))
                if cells is None or _off(real.cells, cells) < (MET if loop else GOOD):
                    break
                aimed = self._mean(
                    [_known(one, made.cells - made.layer_cells, made.layer_cells) for one, made in tried], cells
                )
        finally:
            telling.tell(self, "", over=True)
        best, real = tried[-1] if cells is None else _best(tried, cells, lambda one: one[1].cells)
        return self.plan(best, real)

    def _castellated(self, found: _Found, cells: int) -> _Found:
        """With about so many cells if all layers survive, by OpenFOAM's own castellation."""
        tried: list[_Found] = []
        for loop in range(LOOPS):
            telling.tell(self, f"{self.body.label}: castellation {loop + 1}", loop / (LOOPS + MESHES))
            real = castellate(self.plan(found).case(name=self.body.label))
            tried.append(_known(found, real.castellated, _in_layers(real)))
            if _off(real.cells, cells) < GOOD:
                break
            found = self._again(found, real.castellated, _in_layers(real), cells)
        best: _Found = _best(tried, cells, _cells)
        return best

    def _mean(self, known: list[_Found], cells: int) -> _Found:
        """About so many cells, by what on average became of what the octree counted."""
        rest, layers = (sum(one.shares[n] for one in known) / len(known) for n in (0, 1))
        nearest: _Found = _best(known, cells, _cells)
        return replace(self, shares=(rest, layers)).near(replace(nearest, shares=(rest, layers)), cells)

    def _again(self, found: _Found, castellated: int, in_layers: int, cells: int) -> _Found:
        """About so many cells, now that it is known what the mesher makes of what the octree counts."""
        known = _known(found, castellated, in_layers)
        return replace(self, shares=known.shares).near(known, cells)

    def plan(self, found: _Found, real: Finished | None = None) -> MeshPlan:
        """The plan of what was found, or of its finished mesh."""
        reasons = {"domain": Reason(value=self.domain.kind, why=self.why)}
        reasons |= {name: Reason(value=value, why=why) for name, (value, why) in found.draft.reasons.items()}
        if real is not None and real.asked:
            reasons["layers.kept"] = _survived(real)
        return MeshPlan(
            body=self.body,
            flow=self.flow,
            domain=self.domain,
            mesh=found.draft.mesh,
            cells=found.count.cells if real is None else real.cells,
            layer_cells=_in_layers(found.count) if real is None else real.layer_cells,
            counted="octree" if real is None else "mesh",
            y_plus=found.draft.y_plus,
            reasons=reasons,
            features=self.told,
        )

    def _try(self, cell: float, depth: Depths) -> _Found:
        draft = drawn(self.told, self.flow, self.space, cell, depth)
        counted = count(self.counter, task(self._unfinished(draft)))
        if not counted.cells:
            raise CaseError("mesh: no cell is left; is the fluid on the other side of the surface?")
        return _Found(cell, draft, counted, self.shares)

    def _unfinished(self, draft: Draft) -> Any:
        from flowcfd.meshing.plan import boundaries

        plan = MeshPlan.model_construct(
            body=self.body, flow=self.flow, domain=self.domain, mesh=draft.mesh, cells=1, features=self.told, reasons={}
        )
        return plan.case(name="plan", boundaries=boundaries(self.space, self.flow, wind=False))


def _stuck(tried: list[_Found]) -> bool:
    """Whether another size gave the same cells: whole cells across the domain make the numbers jump."""
    return len(tried) > 2 and tried[-1].count == tried[-2].count


def _known(found: _Found, castellated: int, in_layers: int) -> _Found:
    """The same with what the mesher made of it."""
    layers = _in_layers(found.count)
    return replace(found, shares=(castellated / found.count.castellated, in_layers / layers if layers else 1.0))


def _survived(real: Finished) -> Reason:
    lost = real.asked - real.layer_cells
    return Reason(
        value=f"{real.kept:.0%}",
        why=f"of {real.asked} cells in layers the mesher left out {lost}, where they would have been bad"
        if lost > 0
        else f"all {real.asked} cells in layers were made",
    )


def _in_layers(counted: Count) -> int:
    return counted.cells - counted.castellated


def _cells(one: _Found) -> int:
    return one.cells


def _off(cells: float, wanted: float) -> float:
    return abs(cells / wanted - 1)


def _best(tried: Iterable[Any], wanted: float, cells: Callable[[Any], float]) -> Any:
    return min(tried, key=lambda one: _off(cells(one), wanted))
