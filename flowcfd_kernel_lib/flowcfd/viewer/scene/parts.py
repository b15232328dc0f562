"""The small parts that the controls are made of: one look, a label on each."""

from __future__ import annotations

from typing import Any

Click = Any
NARROW = "$vuetify.display.width < 640"
"""Whether there is no room for the panels beside the picture; a condition of the page."""


def button(icon: str, label: str, click: Click = None, *, on: str = "", off: str = "", **more: Any) -> Any:
    """A round button with an icon, its label for screen readers and as a tip; `on` and `off` are conditions."""
    from trame.widgets import vuetify3 as v3

    raw = [f'aria-label="{label}"', *more.pop("raw_attrs", [])]
    if on:
        raw += [f''':variant="({on}) ? 'tonal' : 'text'"''', f''':aria-pressed="({on}) ? 'true' : 'false'"''']
        raw += [f''':color="({on}) ? 'primary' : undefined"''']
    else:
        more["variant"] = "text"
    if off:
        more["disabled"] = (off,)
    if click is not None:
        more["click"] = click
    with v3.VBtn(icon=True, density="comfortable", size="small", raw_attrs=raw, **more) as made:
        v3.VIcon(icon, size=20)
        v3.VTooltip(label, activator="parent", location="bottom", open_delay=400)
    return made


def menu(icon: str, label: str) -> Any:
    """A button that opens a list, which is filled in the context that this gives."""
    from trame.widgets import vuetify3 as v3

    with button(icon, label, raw_attrs=['aria-haspopup="menu"']):
        opened = v3.VMenu(activator="parent", location="bottom end")
    with opened:
        return v3.VList(density="compact", nav=True)


def item(title: str, click: Click, icon: str = "") -> None:
    """A line of a menu."""
    from trame.widgets import vuetify3 as v3

    v3.VListItem(title=title, click=click, **({"prepend_icon": icon} if icon else {}))


def select(label: str, value: str, items: str, change: Click, **more: Any) -> Any:
    """A list to choose from; `value` and `items` are expressions."""
    from trame.widgets import vuetify3 as v3

    return v3.VSelect(
        label=label, model_value=(value,), items=(items,), update_modelValue=change, density="compact",
        variant="outlined", hide_details=True, **more,
    )  # fmt: skip


def number(label: str, value: str, change: Click, **more: Any) -> Any:
    """A number that counts when it is left or Enter is pressed."""
    from trame.widgets import vuetify3 as v3

    return v3.VTextField(
        label=label, model_value=(value,), change=change, density="compact", variant="outlined", hide_details=True,
        raw_attrs=['inputmode="decimal"'], **more,
    )  # fmt: skip


def switch(label: str, value: str, change: Click, **more: Any) -> Any:
    """On or off."""
    from trame.widgets import vuetify3 as v3

    return v3.VCheckbox(
        label=label, model_value=(value,), update_modelValue=change, density="compact", hide_details=True, **more
    )


def slider(label: str, value: str, low: str, high: str, step: str, end: Click, **more: Any) -> Any:
    """A value between two; it counts when the mouse or the key is let go."""
    from trame.widgets import vuetify3 as v3

    do, said = end
    keys = (do, said.replace("$event", "+$event.target.getAttribute('aria-valuenow')"))
    return v3.VSlider(
        model_value=(value,), min=(low,), max=(high,), step=(step,), end=end, keyup=keys, density="compact",
        hide_details=True, thumb_size=14, track_size=3, color="primary", raw_attrs=[f':aria-label="`{label}`"'], **more,
    )  # fmt: skip
