// The list of patches beside the body: everything that the picture does can be done here, by keys too.

const make = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
};

const button = (words, onclick, more = {}) => make("button", { type: "button", onclick, ...more }, words);

const render = ({ model, el }) => {
  const ask = (act, more = {}) => model.send({ do: act, ...more });
  el.classList.add("fcp");

  // ---- what is selected
  const count = make("div", { class: "fcp-count", role: "status", "aria-live": "polite" });
  const undo = button("Undo", () => ask("undo"));
  const tools = make(
    "div", { class: "fcp-tools", role: "group", "aria-label": "Select" },
    button("All", () => ask("all")), button("None", () => ask("none")), button("Invert", () => ask("invert")), undo,
  );
  const pattern = make("input", { type: "text", placeholder: "wall, inlet*", "aria-label": "Select by name or pattern" });
  const byName = make("form", { class: "fcp-line" }, pattern, make("button", { type: "submit" }, "Select"));
  byName.addEventListener("submit", (event) => {
    event.preventDefault();
    ask("names", { words: pattern.value });
  });

  // ---- the list
  const body = make("tbody");
  const heads = ["", "Patch", "Boundary", "Area [m²]", "Faces", "Shown"].map((words) => make("th", { scope: "col" }, words));
  heads[0].append(make("span", { class: "fcp-hidden" }, "Colour"));
  const table = make(
    "div", { class: "fcp-list" },
    make("table", {}, make("caption", { class: "fcp-hidden" }, "Patches"), make("thead", {}, make("tr", {}, ...heads)), body),
  );

  // ---- a name for the selection
  const name = make("input", { type: "text", placeholder: "name of the selection", "aria-label": "Name of the selection" });
  const join = button("Join", () => ask("name", { name: name.value, join: true }), {
    title: "Add the selection to the patch of this name",
  });
  const naming = make("form", { class: "fcp-line" }, name, make("button", { type: "submit" }, "Name"), join);
  naming.addEventListener("submit", (event) => {
    event.preventDefault();
    ask("name", { name: name.value });
  });
  const words = make("div", { class: "fcp-words", role: "alert" });
  const notes = make("ul", { class: "fcp-notes" });
  el.append(count, tools, byName, table, naming, words, notes);

  const chip = (row) => {
    const made = make("span", { class: "fcp-chip", title: row.kind || "no boundary yet" }, row.letters);
    made.style.background = row.colour;
    made.style.color = row.ink;
    return made;
  };

  const rowOf = (row) => {
    const how = (event) => (event.ctrlKey || event.metaKey || event.shiftKey ? "toggle" : "only");
    const pick = make(
      "button",
      {
        type: "button", class: "fcp-name", "data-patch": row.name,
        "aria-pressed": row.chosen === 0 ? "false" : row.chosen === row.units ? "true" : "mixed",
        onclick: (event) => ask("row", { name: row.name, how: how(event) }),
      },
      row.name,
    );
    pick.addEventListener("focus", () => ask("hover", { name: row.name }));
    pick.addEventListener("blur", () => ask("hover", { name: "" }));
    const shown = make("input", { type: "checkbox", "aria-label": `Show ${row.name}`, "data-shown": row.name });
    shown.checked = row.shown;
    shown.addEventListener("change", () => ask("shown", { name: row.name, shown: shown.checked }));
    const line = make(
      "tr", { class: row.chosen ? "fcp-chosen" : false },
      make("td", {}, chip(row)), make("td", {}, pick), make("td", { class: "fcp-boundary" }, row.boundary),
      make("td", { class: "fcp-number" }, row.area), make("td", { class: "fcp-number" }, String(row.faces)),
      make("td", { class: "fcp-tick" }, shown),
    );
    line.addEventListener("mouseenter", () => ask("hover", { name: row.name }));
    line.addEventListener("mouseleave", () => ask("hover", { name: "" }));
    if (!row.problem) return [line];
    const problem = make("td", { colspan: "5", class: "fcp-problem", role: "alert" }, row.problem);
    return [line, make("tr", { class: "fcp-said" }, make("td"), problem)];
  };

  const focused = () => {
    const { patch, shown } = document.activeElement?.dataset ?? {};
    return patch ? `[data-patch="${patch}"]` : shown ? `[data-shown="${shown}"]` : null;
  };

  const list = () => {
    const held = body.contains(document.activeElement) ? focused() : null;
    body.replaceChildren(...model.get("rows").flatMap(rowOf));
    if (held) body.querySelector(held)?.focus();
  };

  const arrows = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...body.querySelectorAll(".fcp-name")];
    const at = all.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
  };
  body.addEventListener("keydown", arrows);

  const say = () => {
    count.textContent = model.get("selected");
    undo.disabled = !model.get("undoable");
    naming.hidden = !model.get("names");
    join.hidden = !model.get("joinable");
    words.textContent = model.get("words");
    words.hidden = !model.get("words");
    notes.replaceChildren(...model.get("notes").map((one) => make("li", {}, one)));
    notes.hidden = !model.get("notes").length;
  };

  const clear = () => {
    name.value = "";
  };
  model.on("msg:custom", (message) => message.done === "name" && clear());
  model.on("change:rows", list);
  for (const one of ["selected", "undoable", "names", "joinable", "words", "notes"]) model.on(`change:${one}`, say);
  list();
  say();
  return whenGone(model, () => {
    words.textContent = "The kernel of this picker has ended or was started again: run the cell again.";
    words.hidden = false;
    el.querySelectorAll("button, input").forEach((one) => { one.disabled = true; });
  });
};

export default { render };
