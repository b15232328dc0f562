"""The panel of layers: a card for each with the controls of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowcfd.viewer.scene.parts import button, number, select, slider, switch

if TYPE_CHECKING:
    from flowcfd.viewer.scene.app import SceneApp


def layers(app: SceneApp) -> None:
    """A menu to add layers, and the cards of those there are."""
    from trame.widgets import html
    from trame.widgets import vuetify3 as v3

    raw = ['aria-haspopup="menu"']
    with (
        v3.VBtn("Add", prepend_icon="mdi-plus", size="small", variant="tonal", color="primary", raw_attrs=raw),
        v3.VMenu(activator="parent"),
        v3.VList(density="compact", nav=True),
    ):
        v3.VListItem(
            v_for="one in fixed.added", key="one.kind", title=("one.title",), prepend_icon=("one.icon",),
            click=(app.act, "['add', one.kind]"),
        )  # fmt: skip
    card, opened = [':data-kind="card.kind"'], [':open="n === choices.cards.length - 1"']
    with html.Div(v_for="(card, n) in choices.cards", key="n + card.kind", classes="flowcfd-card", raw_attrs=card):
        with html.Details(raw_attrs=opened):
            with html.Summary():
                v3.VIcon(icon=("card.icon",), size=18)
                html.Span("{{ card.title }}", classes="flowcfd-title")
            with html.Div(v_if="!['probe', 'line', 'outline'].includes(card.kind)"):
                for part in (_plane, _surface, _iso, _streams, _rest, _shared):
                    part(app)
        button("mdi-delete-outline", "Remove this layer", (app.act, "['remove', n]"), classes="flowcfd-delete")


def _set(app: SceneApp, name: str, value: str = "$event") -> Any:
    return (app.act, f"['layer', n, '{name}', {value}]")


def _row() -> Any:
    from trame.widgets import html

    return html.Div(classes="flowcfd-row")


def _plane(app: SceneApp) -> None:
    from trame.widgets import html
    from trame.widgets import vuetify3 as v3

    with html.Div(v_if="['slice', 'clip'].includes(card.kind)"):
        with _row():
            with v3.VBtnToggle(
                model_value=("card.axis",), update_modelValue=(app.act, "['plane', n, $event]"), density="compact",
                mandatory=True, variant="outlined", divided=True, color="primary", raw_attrs=['aria-label="Normal"'],
            ):  # fmt: skip
                for axis in "xyz":
                    v3.VBtn(axis, value=axis, size="small", raw_attrs=[f'aria-label="Normal {axis}"'])
            button("mdi-cursor-move", "Drag the plane by the mouse", (app.drag, "[n]"), on="drag === n",
                   classes="flowcfd-fixed")  # fmt: skip
        with _row():
            slider("Position along ${card.axis}", "card.at", "card.low", "card.high", "card.step",
                   (app.act, "['slide', n, $event]"))  # fmt: skip
            number("at [m]", "card.at", (app.act, "['slide', n, $event.target.value]"), style="flex:0 0 92px")
        with _row():
            for k, axis in enumerate("xyz"):
                given = ", ".join("$event.target.value" if k == m else f"card.normal[{m}]" for m in range(3))
                number(f"normal {axis}", f"+card.normal[{k}].toPrecision(4)", (app.act, f"['plane', n, [{given}]]"))


def _surface(app: SceneApp) -> None:
    from trame.widgets import html
    from trame.widgets import vuetify3 as v3

    with html.Div(v_if="card.kind === 'surface'"):
        html.Div("Patches (none: the body, or the walls)", classes="flowcfd-muted")
        with html.Div(style="max-height:150px;overflow:auto"):
            v3.VCheckbox(
                v_for="patch in choices.patches", key="patch.name", label=("`${patch.name} (${patch.type})`",),
                value=("patch.name",), model_value=("shown.layers[n].patches",), multiple=True, density="compact",
                update_modelValue=_set(app, "patches"), hide_details=True,
            )  # fmt: skip
        switch("Plain, without a field", "!!shown.layers[n].colour", _set(app, "colour", "$event ? '#c3cad3' : ''"))


def _iso(app: SceneApp) -> None:
    from trame.widgets import html

    layer = "shown.layers[n]"
    with html.Div(v_if="['contour', 'isosurface', 'threshold'].includes(card.kind)"):
        with _row():
            select("Field", f"{layer}.field", "choices.fields", _set(app, "field"))
        with _row():
            slider("Value of ${card.title}", f"{layer}.values[0]", "card.low", "card.high", "card.step",
                   _set(app, "values", "[$event]"), v_if="card.kind === 'isosurface'")  # fmt: skip
            number("Value", f"{layer}.values[0]", _set(app, "values", "[+$event.target.value]"),
                   v_if="card.kind === 'isosurface'", style="flex:0 0 92px")  # fmt: skip
            number("Number of values", f"{layer}.count", _set(app, "count", "$event.target.value"),
                   v_if="card.kind === 'contour'")  # fmt: skip
            number("From", f"{layer}.low", _set(app, "low", "$event.target.value"), v_if="card.kind === 'threshold'")
            number("To", f"{layer}.high", _set(app, "high", "$event.target.value"), v_if="card.kind === 'threshold'")


def _streams(app: SceneApp) -> None:
    from trame.widgets import html

    layer = "shown.layers[n]"
    kinds = "[{title: 'Patch', value: 'patch'}, {title: 'Line', value: 'line'}, {title: 'Sphere', value: 'ball'}]"
    with html.Div(v_if="card.kind === 'streamlines'"):
        with _row():
            select("From a", f"{layer}.line ? 'line' : {layer}.ball ? 'ball' : 'patch'", kinds,
                   (app.act, "['seeds', n, $event]"))  # fmt: skip
            select("Patch", f"{layer}.patch", "choices.patches.map((one) => one.name)", _set(app, "patch"),
                   v_if=f"{layer}.patch")  # fmt: skip
        for end, title in ((0, "from"), (1, "to")):
            with html.Div(classes="flowcfd-row", v_if=f"{layer}.line"):
                for k, axis in enumerate("xyz"):
                    number(f"{title} {axis}", f"{layer}.line[{end}][{k}]",
                           (app.act, f"['seed', n, {end}, {k}, $event.target.value]"))  # fmt: skip
        with html.Div(classes="flowcfd-row", v_if=f"{layer}.ball"):
            for k, axis in enumerate("xyz"):
                number(axis, f"{layer}.ball[0][{k}]", (app.act, f"['seed', n, 0, {k}, $event.target.value]"))
            number("radius", f"{layer}.ball[1]", (app.act, "['seed', n, 1, 0, $event.target.value]"))
        with _row():
            number("Lines", f"{layer}.count", _set(app, "count", "$event.target.value"))
            switch(
                "Plain, without a field",
                f"!!{layer}.colour",
                _set(app, "colour", "$event ? (shown.dark ? '#e6e9ed' : '#1d2733') : ''"),
            )


def _rest(app: SceneApp) -> None:
    from trame.widgets import html

    layer = "shown.layers[n]"
    with html.Div(v_if="card.kind === 'glyphs'"):
        with _row():
            select("Vectors", f"{layer}.field", "choices.vectors", _set(app, "field"))
        with _row():
            number("Arrows", f"{layer}.count", _set(app, "count", "$event.target.value"))
            number("Times as long", f"{layer}.scale", _set(app, "scale", "$event.target.value"))
    with html.Div(v_if="card.kind === 'worst'"), _row():
        select("By", f"{layer}.metric", "fixed.metrics", _set(app, "metric"))
        number("Cells", f"{layer}.count", _set(app, "count", "$event.target.value"), style="flex:0 0 80px")


def _shared(app: SceneApp) -> None:
    from trame.widgets import html

    with html.Div():
        with html.Div(classes="flowcfd-row", v_if="card.painted"):
            fields = "[{title: 'as the scene', value: ''}, ...choices.fields.map((one) => ({title: one, value: one}))]"
            select("Colour by", "shown.layers[n].paint.field", fields,
                   (app.act, "['layer_paint', n, 'field', $event]"))  # fmt: skip
        with _row():
            switch("Edges", "shown.layers[n].edges", _set(app, "edges"))
            slider("Opacity of ${card.title}", "shown.layers[n].opacity", "0.05", "1", "0.05", _set(app, "opacity"))
