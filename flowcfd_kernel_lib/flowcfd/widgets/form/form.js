// Draws the rows of a form and sends what is typed. Elements are kept and updated, so the focus stays where it is.

const TYPING = 250; // ms without a key before what is typed is sent
const PATIENCE = 4000; // ms without an answer before it is said
const WAITING = "The kernel is busy or gone. What you typed is kept and counts as soon as it answers.";
// Every widget has this script once more for itself: without this, two forms on a page would have the same ids.
const PAGE = Math.random().toString(36).slice(2, 8);
let count = 0;

function make(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function words(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function button(text, className, pressed) {
  const made = make("button", className, { type: "button" });
  made.textContent = text;
  made.addEventListener("click", pressed);
  return made;
}

function named(element, text) {
  element.setAttribute("aria-label", text);
  element.title = text;
}

// ---- what is said of a row: help, reason, findings, problem -------------------------------------------------------

function told(node) {
  return [node.help, node.about].filter(Boolean).map((one) => one.replace(/([^.])$/, "$1.")).join(" ");
}

function saying(id) {
  const element = make("div", "ff-said");
  const problem = make("div", "ff-problem", { id: `${id}-problem`, "aria-live": "polite" });
  const found = make("div", "ff-found");
  const help = make("div", "ff-help", { id: `${id}-help` });
  const why = make("div", "ff-why", { id: `${id}-why` });
  element.append(problem, found, help, why);
  return {
    element,
    update(text, note = {}) {
      words(problem, note.problem ?? "");
      words(help, text ?? "");
      words(why, note.why ? `Why: ${note.why}` : "");
      found.replaceChildren(...(note.found ?? []).map(([severity, sentence]) => {
        const line = make("div", `ff-${severity}`);
        line.textContent = `${severity[0].toUpperCase()}${severity.slice(1)}: ${sentence}`;
        return line;
      }));
    },
    describe(control, note = {}) {
      const by = [note.problem ? `${id}-problem` : "", `${id}-help`, note.why ? `${id}-why` : ""];
      control.setAttribute("aria-describedby", by.filter(Boolean).join(" "));
      control.toggleAttribute("aria-invalid", false);
      if (note.problem) control.setAttribute("aria-invalid", "true");
    },
  };
}

// ---- controls: each gives {element, focusable, update(node, note)} ------------------------------------------------

function typed(input, send) {
  let timer = 0;
  let sent = null;
  const flush = () => {
    clearTimeout(timer);
    timer = 0;
    if (input.value === sent) return;
    sent = input.value;
    send(sent);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(flush, TYPING);
  });
  input.addEventListener("change", flush);
  return (text) => {
    const busy = timer || (document.activeElement === input && sent === text);
    if (!busy && input.value !== text) input.value = text;
    if (!timer) sent = text;
  };
}

function textControl(context, node, id) {
  const tall = node.sort === "area";
  const input = make(tall ? "textarea" : "input", node.digits ? "ff-short" : "", { id, autocomplete: "off", spellcheck: "false" });
  const list = make("datalist", "", { id: `${id}-list` });
  const element = make("span", "ff-fill");
  element.append(input);
  if (!tall) element.append(list);
  const write = typed(input, (given) => context.send({ do: "give", path: node.path, given }));
  return {
    element,
    focusable: [input],
    update(now) {
      write(now.text);
      input.placeholder = now.text ? "" : now.placeholder ?? "";
      if (tall) input.rows = Math.min(10, Math.max(2, now.text.split("\n").length));
      const several = now.suggestions ?? [];
      if (!tall && several.length) input.setAttribute("list", list.id);
      if (list.children.length !== several.length) {
        list.replaceChildren(...several.map((one) => new Option(one, one)));
      }
    },
  };
}

function flagControl(context, node, id) {
  const input = make("input", "", { id, type: "checkbox" });
  input.addEventListener("change", () => context.send({ do: "give", path: node.path, given: input.checked }));
  return { element: input, focusable: [input], update: (now) => { input.checked = now.on; } };
}

function choose(select, options, chosen, empty) {
  const said = JSON.stringify([options, empty]);
  if (select.dataset.options !== said) {
    select.dataset.options = said;
    select.replaceChildren(...options.map(([value]) => new Option("", value)));
  }
  select.value = chosen;
  options.forEach(([value, label], n) => { // closed it shows the bare name, open what each of the others is
    words(select.options[n], (value && value === chosen && label.startsWith(`${value}: `) ? value : label) || empty || "choose …");
  });
}

function choiceControl(context, node, id) {
  const select = make("select", "", { id });
  select.addEventListener("change", () => {
    context.send({ do: "give", path: node.path, given: select.value === "" ? null : select.value });
  });
  return {
    element: select,
    focusable: [select],
    update: (now) => choose(select, now.options, now.chosen, now.required ? "" : now.placeholder),
  };
}

function headControl(context, node, id) {
  const select = make("select", node.head.kinds ? "ff-kind" : "", { id });
  select.addEventListener("change", () => context.send({ do: "give", path: node.path, given: select.value }));
  return {
    element: select,
    focusable: [select],
    update(now) {
      choose(select, now.head.options, now.head.chosen, now.required ? "" : now.placeholder);
    },
  };
}

function inlineControl(context, node, id) {
  const element = make("span", "ff-inline", { role: "group" });
  const axis = make("select", "ff-axis");
  if (node.axes) {
    element.append(axis);
    choose(axis, ["", "x", "y", "z", "-x", "-y", "-z"].map((one) => [one, one]), "", "along …");
    axis.addEventListener("change", () => {
      if (axis.value) context.send({ do: "give", path: node.path, given: axis.value });
      axis.value = "";
    });
  }
  const inputs = node.items.map(([name], n) => {
    const input = make("input", "", { autocomplete: "off", spellcheck: "false", id: n ? `${id}-${n}` : id });
    const cell = make("span", "ff-cell");
    const letter = make("span", "ff-letter", { "aria-hidden": "true" });
    letter.textContent = name;
    cell.append(letter, input);
    element.append(cell);
    const write = typed(input, (given) => context.send({ do: "give", path: [...node.path, String(n)], given }));
    return { input, write };
  });
  return {
    element,
    focusable: inputs.map((one) => one.input),
    update(now) {
      named(axis, `${now.label}: along an axis`);
      now.items.forEach(([name, text], n) => {
        named(inputs[n].input, `${now.label} ${name}`);
        inputs[n].write(text);
      });
    },
  };
}

function checksControl(context, node, id) {
  const element = make("span", "ff-checks", { role: "group", id });
  let boxes = [];
  const give = () => {
    const given = boxes.filter((one) => one.checked).map((one) => one.value).join(", ");
    context.send({ do: "give", path: node.path, given });
  };
  return {
    element,
    focusable: [element],
    update(now) {
      element.setAttribute("aria-label", now.label);
      if (boxes.map((one) => one.value).join() !== now.options.join()) {
        boxes = now.options.map((name) => {
          const box = make("input", "", { type: "checkbox", value: name });
          box.addEventListener("change", give);
          return box;
        });
        element.replaceChildren(...boxes.map((box) => {
          const label = make("label", "ff-chip");
          label.append(box, box.value);
          return label;
        }));
      }
      for (const box of boxes) box.checked = now.chosen.includes(box.value);
    },
  };
}

function heldControl() {
  const element = make("span", "ff-held");
  return { element, focusable: [], update: (now) => words(element, now.text) };
}

const CONTROLS = {
  text: textControl, area: textControl, flag: flagControl, choice: choiceControl,
  inline: inlineControl, checks: checksControl, held: heldControl,
};

// ---- rows ----------------------------------------------------------------------------------------------------------

function tools(context, node) {
  const element = make("span", "ff-tools");
  const path = node.path;
  const up = button("↑", "ff-tool", () => context.send({ do: "move", path, by: -1 }));
  const down = button("↓", "ff-tool", () => context.send({ do: "move", path, by: 1 }));
  const remove = button("✕", "ff-tool", () => context.send({ do: "remove", path }));
  if ("up" in node.entry) element.append(up, down);
  element.append(remove);
  return {
    element,
    update(now) {
      named(up, `Move ${now.label} up`);
      named(down, `Move ${now.label} down`);
      named(remove, `Remove ${now.label}`);
      up.disabled = !now.entry.up;
      down.disabled = !now.entry.down;
      remove.hidden = now.entry.remove === false;
    },
  };
}

function row(context, node) {
  const id = `ff-${PAGE}-${++count}`;
  const element = make("div", "ff-row");
  const label = make("label", "ff-label", { for: id });
  const control = make("div", "ff-control");
  const said = saying(id);
  const head = node.head ? headControl(context, node, node.sort === "group" ? id : `${id}-way`) : null;
  const own = CONTROLS[node.sort]?.(context, node, id) ?? null;
  const unit = make("span", "ff-unit");
  const back = button("↺", "ff-tool", () => context.send({ do: "back", path: node.path }));
  const entry = node.entry ? tools(context, node) : null;
  const add = node.add ? adding(context, node) : null;
  if (own) control.append(own.element, unit);
  if (head) control.append(head.element);
  if (add) control.append(add.element);
  control.append(back);
  if (entry) control.append(entry.element);
  element.append(label, control, said.element);
  return {
    element,
    update(now) {
      const note = context.notes[now.id] ?? {};
      words(label, now.label || (now.head ? "Kind" : ""));
      label.title = now.name && now.name !== now.label ? now.name : "";
      element.classList.toggle("ff-required", Boolean(now.required && own));
      element.classList.toggle("ff-wrong", Boolean(note.problem));
      own?.update(now);
      head?.update(now);
      if (head && own) named(head.element, `${now.label}: how it is given`);
      words(unit, [now.si ? `= ${now.si}` : "", now.unit ?? ""].filter(Boolean).join(" "));
      back.hidden = !now.back;
      if (now.back) named(back, `${now.label}: ${now.back}`);
      entry?.update(now);
      add?.update(now);
      said.update(told(now), note);
      for (const one of [...(own?.focusable ?? []), ...(head ? [head.element] : [])]) said.describe(one, note);
    },
  };
}

function adding(context, node) {
  const element = make("span", "ff-adding");
  const id = `ff-${PAGE}-${++count}`;
  const options = node.add.options ?? [];
  const field = node.add.typed ? make("input", "", { id, placeholder: "name" }) : make("select", "ff-kind", { id });
  const add = button("Add", "ff-add", () => {
    context.send({ do: "add", path: node.path, given: options.length || node.add.typed ? field.value : "" });
    if (node.add.typed) field.value = "";
  });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter" && node.add.typed) add.click(); });
  if (options.length) choose(field, options, options[0][0], "");
  if (options.length || node.add.typed) element.append(field);
  element.append(add);
  return {
    element,
    update(now) {
      named(field, `${now.label || "Entries"}: ${now.add.typed ? "name of a new entry" : "what to add"}`);
      named(add, `Add to ${(now.label || "the entries").toLowerCase()}`);
    },
  };
}

// ---- groups: a row of their own, the rows in them, and those that are folded ----------------------------------------

function shape(node) {
  const has = ["head", "entry", "add"].filter((one) => node[one]).join();
  return [node.id, node.sort, has, node.items?.length ?? "", JSON.stringify(node.add ?? "")].join("|");
}

function keep(parent, views, nodes, context, depth) {
  const wanted = new Map(nodes.map((node) => [shape(node), node]));
  for (const [key, view] of views) {
    if (!wanted.has(key)) {
      view.element.remove();
      views.delete(key);
    }
  }
  let before = null;
  for (const [key, node] of wanted) {
    const view = views.get(key) ?? (node.sort === "group" ? group : row)(context, node, depth);
    views.set(key, view);
    const place = before ? before.nextSibling : parent.firstChild;
    if (view.element !== place) parent.insertBefore(view.element, place);
    view.update(node);
    before = view.element;
  }
}

function troubled(context, node) {
  if (context.notes[node.id]?.problem || context.notes[node.id]?.found) return true;
  return [...(node.rows ?? []), ...(node.more ?? [])].some((one) => troubled(context, one));
}

function folding(className, context, key) {
  const element = make("details", className);
  const summary = make("summary");
  const inside = make("div", "ff-inside");
  const views = new Map();
  let nodes = [];
  let depth = 1;
  let fill = () => keep(inside, views, nodes, context, depth);
  element.append(summary, inside);
  element.open = context.opened.has(key);
  element.addEventListener("toggle", () => {
    context.opened[element.open ? "add" : "delete"](key);
    if (element.open) fill();
  });
  return {
    element,
    inside,
    update(text, several, deep, body) {
      words(summary, text);
      nodes = several;
      depth = deep;
      if (body) fill = body;
      if (!element.open && nodes.some((one) => troubled(context, one))) element.open = true;
      if (element.open) fill();
    },
  };
}

function group(context, node, depth) {
  const section = depth === 1 && context.sections;
  if (depth > 0 && !section && !node.head && !node.add && !node.entry) return folded(context, node, depth);
  const element = make("div", section ? "ff-section" : "ff-group");
  const own = depth > 0 ? row(context, node) : null;
  const inner = make("div", depth > 0 ? "ff-inner" : "ff-top");
  const content = contents(context, inner, node, depth);
  if (own) element.append(own.element);
  element.append(inner);
  return {
    element,
    update(now) {
      own?.update(now);
      content(now);
      inner.hidden = !inner.querySelector(":scope > .ff-rows > *, :scope > details:not([hidden]), :scope > .ff-adding");
    },
  };
}

function folded(context, node, depth) {
  const fold = folding("ff-fold", context, node.id);
  const own = saying(`ff-${PAGE}-${++count}`);
  const inner = make("div", "ff-inner");
  const content = contents(context, inner, node, depth);
  fold.inside.append(own.element, inner);
  return {
    element: fold.element,
    update(now) {
      own.update(told(now), context.notes[now.id]);
      fold.update(now.label, [now], depth, () => content(now));
    },
  };
}

function contents(context, inner, node, depth) {
  const rows = make("div", "ff-rows");
  const views = new Map();
  const more = folding("ff-more", context, `${node.id}/more`);
  const add = node.add && depth === 0 ? adding(context, node) : null;
  inner.style.setProperty("--ff-label", `${150 - 24 * Math.min(depth, 3)}px`);
  inner.append(rows, more.element);
  if (add) inner.append(add.element);
  return (now) => {
    keep(rows, views, now.rows, context, depth + 1);
    more.element.hidden = !now.more.length;
    const changed = now.more.filter((one) => one.back).map((one) => one.label.toLowerCase());
    more.update(`More${changed.length ? `: ${changed.join(", ")} given` : ""}`, now.more, depth + 1);
    add?.update(now);
  };
}

// ---- the form --------------------------------------------------------------------------------------------------------

function render({ model, el }) {
  const root = make("div", "flowcfd-form");
  const trouble = make("div", "ff-trouble", { role: "status" });
  const whole = saying(`ff-${PAGE}-${++count}`);
  const body = make("div", "ff-body");
  root.append(trouble, whole.element, body);
  el.append(root);
  let waiting = 0;
  let token = "";
  const context = {
    opened: new Set(),
    notes: {},
    sections: false,
    send(content) {
      token = `${Date.now()}-${++count}`;
      clearTimeout(waiting);
      waiting = setTimeout(() => words(trouble, WAITING), PATIENCE);
      model.send({ ...content, token });
    },
  };
  const views = new Map();
  const draw = () => {
    const tree = model.get("tree");
    context.notes = model.get("notes");
    context.sections = !tree.id;
    if (!tree.sort) return;
    const top = tree.sort === "group" && !tree.head && !tree.entry;
    keep(body, views, [tree], context, top ? 0 : 1);
    whole.update(top ? tree.help : "", top ? context.notes[tree.id] : {});
  };
  const heard = () => {
    if (model.get("heard") !== token) return;
    clearTimeout(waiting);
    words(trouble, model.get("trouble"));
  };
  model.on("change:tree change:notes", draw);
  model.on("change:heard change:trouble", heard);
  draw();
  return () => {
    clearTimeout(waiting);
    model.off("change:tree change:notes", draw);
    model.off("change:heard change:trouble", heard);
  };
}

export default { render };
