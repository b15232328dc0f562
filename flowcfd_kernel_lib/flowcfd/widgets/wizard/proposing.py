"""What a draft proposes for all that nobody chose; what is chosen stays as long as it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from flowcfd.case import Domain
from flowcfd.case.enclosure import Enclosure
from flowcfd.meshing import usual
from flowcfd.meshing.flow import Flow

if TYPE_CHECKING:
    from flowcfd.widgets.wizard.draft import Draft

AnyDraft = TypeVar("AnyDraft", bound="Draft")


def proposed(draft: AnyDraft, given: str = "") -> AnyDraft:
    """The draft with everything filled in that can be: domain and flow say all else.

    The part that was `given` just now stays even where it does not fit: what is wrong with it is said at its fields.
    """
    space = draft.space
    if space is None:
        return draft
    if given != "mesh":
        draft = _mesh(draft, space)
    draft = _boundaries(draft, space, keep=given == "boundaries")
    if given != "outputs":
        draft = _outputs(draft, space)
    return _rest(_reasoned(draft, given, {}) if given in ("mesh", "outputs") else draft, space)


def _reasoned(draft: AnyDraft, part: str, reasons: Mapping[str, str]) -> AnyDraft:
    """With these reasons for a part in place of those that it had."""
    rest = {path: why for path, why in draft.reasons.items() if path != part and not path.startswith(f"{part}.")}
    return replace(draft, reasons={**rest, **reasons})


def _mesh(draft: AnyDraft, space: Domain) -> AnyDraft:
    """The mesh: chosen where it fits, by the plan where there is one for this body and domain, else by rule."""
    mesh = draft.mesh
    if mesh is not None and "mesh" in draft.chosen:
        if not (wrong := mesh.problems(space)):
            return _reasoned(draft, "mesh", {})
        said = f"the mesh {mesh.kind} is dropped: {wrong[0][1]}"
        draft = replace(draft, mesh=None, chosen=draft.chosen - {"mesh"}, said=(*draft.said, said))
    if isinstance(space, Enclosure):
        return _planned(draft, space)
    if draft.flow is None:
        return draft
    made = usual.mesh(space, draft.flow)
    return _reasoned(replace(draft, mesh=made.value), "mesh", {"mesh": made.why})


def _planned(draft: AnyDraft, space: Enclosure) -> AnyDraft:
    """The mesh of the plan, which is for one body and one domain."""
    plan = draft.plan
    if plan is not None and plan.body == draft.geometry and plan.domain == draft.domain:
        reasons = {f"mesh.{name}": f"{one.value}: {one.why}" for name, one in plan.reasons.items()}
        about = f"by {plan.by} for {plan.flow.speed:.4g} m/s: about {plan.cells} cells, {plan.layer_cells} in layers"
        return _reasoned(replace(draft, mesh=plan.mesh), "mesh", {**reasons, "mesh": about})
    said = (
        draft.said
        if draft.mesh is None
        else (*draft.said, "the mesh was planned for another body or domain: plan it again")
    )
    return _reasoned(replace(draft, mesh=None, plan=None, said=said), "mesh", {})


def _boundaries(draft: AnyDraft, space: Domain, *, keep: bool) -> AnyDraft:
    """Boundaries of the patches there are: chosen ones are kept, those of patches that are gone are dropped."""
    patches, said = space.patches, list(draft.said)
    wanted = {name for name, patch in patches.items() if patch.role != "automatic"}
    kept = {
        name: boundary
        for name, boundary in draft.boundaries.items()
        if f"boundaries.{name}" in draft.chosen and (keep or name in patches)
    }
    for name, boundary in draft.boundaries.items():
        if name not in patches and name not in kept and f"boundaries.{name}" in draft.chosen:
            said.append(f"{boundary.kind} at {name} is dropped: there is no such patch any more")
    new = {} if draft.flow is None else usual.boundaries(space, draft.flow)
    fresh = {name: one for name, one in new.items() if name not in kept and name in wanted}
    order = [name for name in [*patches, *kept] if name in kept or name in fresh]
    chosen = {path for path in draft.chosen if not path.startswith("boundaries.")} | {f"boundaries.{n}" for n in kept}
    made = replace(
        draft, boundaries={name: kept[name] if name in kept else fresh[name].value for name in order},
        chosen=frozenset(chosen), said=tuple(said),
    )  # fmt: skip
    return _reasoned(made, "boundaries", {f"boundaries.{name}": one.why for name, one in fresh.items()})


def _outputs(draft: AnyDraft, space: Domain) -> AnyDraft:
    """Chosen outputs that still fit, or those that are usual."""
    if "outputs" in draft.chosen:
        known = {*space.patches, *space.groups}
        wrong = {output.name: _misfit(output, space, known) for output in draft.outputs}
        said = [f"the output {name} is dropped: {why}" for name, why in wrong.items() if why]
        left = tuple(output for output in draft.outputs if not wrong[output.name])
        return _reasoned(replace(draft, outputs=left, said=(*draft.said, *said)), "outputs", {})
    if draft.flow is None:
        return draft
    made = usual.outputs(space, draft.flow)
    reasons = {f"outputs.{number}": one.why for number, one in enumerate(made)}
    return _reasoned(replace(draft, outputs=tuple(one.value for one in made)), "outputs", reasons)


def _misfit(output: Any, space: Domain, known: set[str]) -> str:
    """Why an output does not fit a domain; empty where it does."""
    gone = [name for name in output.patch_names if name not in known]
    if gone:
        return f"there is no patch {gone[0]} any more"
    return next((text for _, text in output.problems(space)), "")


def _rest(draft: AnyDraft, space: Domain) -> AnyDraft:
    """Physics and solve, where nobody chose them."""
    if draft.flow is None:
        return draft
    flow: Flow = draft.flow
    for part, propose in (("physics", usual.physics), ("solve", usual.solve)):
        if part in draft.chosen:
            draft = _reasoned(draft, part, {})
            continue
        made: Any = propose(space, flow)
        draft = _reasoned(replace(draft, **{part: made.value}), part, {part: made.why})
    return draft
