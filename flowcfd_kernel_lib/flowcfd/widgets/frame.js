// A view of the render process in the page: an iframe through Jupyter's proxy; where that cannot be a page or a
// picture that the kernel sent, a sentence, and a button back.

const PATIENCE = 30000; // [ms] that the kernel may take to answer a button
const FADE = 250; // [ms] in which the first picture gives way to the living one
const LONGEST = 10000; // [ms] that it stays in front of a page that shows none
const BUSY = 5000; // [ms] after which a view that was not opened yet says what it waits for
const ENDED = "The kernel of this view has ended or was started again: run the cell again, and it turns.";
const SHOWN = ["begun", "address", "words", "html", "picture", "height"];

const baseUrl = () => {
  const config = document.getElementById("jupyter-config-data");
  const base = config ? JSON.parse(config.textContent).baseUrl : document.body.dataset.baseUrl;
  return base ? new URL(base, window.location.origin).href : null;
};

const element = (tag, parent, more = {}) => {
  const made = Object.assign(document.createElement(tag), more);
  parent.append(made);
  return made;
};

// Whether the view can be reached: its address, or why not.
const reach = async ({ port, token }) => {
  const base = baseUrl();
  if (!base) return { closed: "This page has no Jupyter server that could pass the live view on" };
  const query = new URLSearchParams({ ui: "main", reconnect: "auto", token });
  const url = `${base}proxy/${port}/index.html?${query}`;
  try {
    const { ok, status } = await fetch(url, { cache: "no-store", credentials: "same-origin" });
    if (ok) return { url };
    if (status === 404) return { closed: "Jupyter's proxy, which passes the live view on, is closed here (404)" };
    if (status === 403) return { closed: "Jupyter's proxy may not pass the live view on (403)" };
    return { lost: `The render process of this view does not answer (${status}).` };
  } catch (error) {
    return { lost: "The Jupyter server does not answer." };
  }
};

const render = ({ model, el, life }) => {
  el.classList.add("flowcfd-frame");
  const words = element("div", el, { className: "flowcfd-frame-words", hidden: true });
  const sentence = element("span", words);
  sentence.setAttribute("role", "status");
  const button = element("button", words, { type: "button" });
  const stage = element("div", el, { className: "flowcfd-frame-stage" });
  let waiting = 0;
  let frame = null;
  let shown = ""; // what stands on the stage: "poster", "live <address>", "html", "picture" or nothing

  const say = (text, action = "") => {
    window.clearTimeout(waiting);
    sentence.textContent = text;
    button.textContent = action;
    button.hidden = !action;
    button.disabled = false;
    words.hidden = !text;
  };

  const put = (what, make) => {
    if (shown === what) return;
    shown = what;
    frame = null;
    stage.replaceChildren();
    stage.style.height = "";
    if (make) make();
  };

  const iframe = (more) => {
    frame = element("iframe", stage, { title: model.get("label"), ...more });
    stage.style.height = `${model.get("height")}px`;
  };

  // The view's first picture, which the kernel sent, stands where its page will have its own, until that has come.
  let poster = null;
  let of = null; // the picture that the poster shows
  const cover = () => {
    const picture = model.get("picture");
    if (picture?.byteLength && picture !== of) {
      of = picture;
      const src = URL.createObjectURL(new Blob([picture], { type: "image/png" }));
      poster = Object.assign(document.createElement("img"), { src, alt: "", className: "flowcfd-frame-poster" });
      poster.classList.toggle("flowcfd-frame-dark", Boolean(model.get("spec")?.dark));
    }
    if (poster) stage.append(poster);
    stage.style.height = `${model.get("height")}px`;
  };

  const uncover = () => {
    if (!poster) return;
    const gone = poster;
    poster = of = null;
    gone.classList.add("flowcfd-frame-gone");
    window.setTimeout(() => {
      gone.remove();
      URL.revokeObjectURL(gone.src);
    }, FADE);
  };

  // What there is without the process: a page that turns, else a picture.
  const still = () => {
    const [html, picture] = [model.get("html"), model.get("picture")];
    if (html) {
      put("html", () => {
        iframe();
        frame.setAttribute("sandbox", "allow-scripts");
        frame.srcdoc = html;
      });
    } else if (picture?.byteLength) {
      const url = URL.createObjectURL(new Blob([picture], { type: "image/png" }));
      put(`picture ${url}`, () => element("img", stage, { src: url, alt: model.get("label") }));
    } else {
      put("");
    }
  };

  // Not opened yet: the kernel does it when it is free.
  const begin = () => {
    still();
    say("The view is being started …");
    waiting = window.setTimeout(() => say("The kernel is busy: the view comes when its cell has ended."), BUSY);
    try {
      model.send({ do: "shown" });
    } catch (error) {
      say("This view was not opened: run the cell again.");
    }
  };

  let turn = 0;
  const show = async () => {
    const mine = (turn += 1);
    const address = model.get("address");
    if (life.over) {
      still();
      say(shown ? `${ENDED} This is the last picture that was kept.` : ENDED);
    } else if (!model.get("begun")) {
      begin();
    } else if (!address) {
      still();
      const said = model.get("words");
      say(said, said && (said.startsWith("The render process") ? "Start it again" : "Try again"));
    } else {
      await live(address, () => mine === turn && !life.over);
    }
  };

  const live = async (address, wanted) => {
    if (!shown && !model.get("html")) put("poster", cover);
    const found = await reach(address);
    if (!wanted()) return;
    if (found.url) {
      say(model.get("words"));
      put(`live ${found.url}`, () => {
        iframe({ src: found.url });
        cover();
      });
    } else if (found.closed) {
      if (!model.get("html")) model.send({ do: "still" });
      still();
      const copy = model.get("html") ? "this copy turns, but does not change" : "this is a picture";
      say(`${found.closed}: ${copy}.`, "Try again");
    } else {
      still();
      say(`${found.lost} This is the last picture that was kept.`, "Start it again");
    }
  };

  button.addEventListener("click", () => {
    const [text, action] = [sentence.textContent, button.textContent];
    button.disabled = true;
    sentence.textContent = "Waiting for the kernel …";
    waiting = window.setTimeout(() => {
      say("The kernel does not answer: it is busy, or it has ended; then run the cell again.", action || text);
    }, PATIENCE);
    try {
      model.send({ do: "again" });
    } catch (error) {
      say(ENDED);
    }
  });

  const heard = (event) => {
    if (!frame || event.source !== frame.contentWindow || !event.data?.flowcfd) return;
    const { flowcfd, spec, code } = event.data;
    if (flowcfd === "seen") {
      uncover();
    } else if (flowcfd === "ready") {
      window.setTimeout(uncover, LONGEST);
    } else if (flowcfd === "changed") {
      model.set("spec", spec);
      model.save_changes();
    } else if (flowcfd === "code") {
      const done = (ok, said) => frame?.contentWindow.postMessage({ flowcfd: "written", ok, words: said }, "*");
      const detail = { code, mark: model.get("mark"), near: el, done };
      window.dispatchEvent(new CustomEvent("flowcfd:cell", { detail }));
    } else if (flowcfd === "lost") {
      shown = "";
      show();
    }
  };

  const told = (message) => {
    if (message.do === "reach") {
      shown = "";
      show();
    } else if (message.do === "said") {
      say(message.words, "Try again");
    }
  };

  window.addEventListener("message", heard);
  model.on("msg:custom", told);
  for (const name of SHOWN) model.on(`change:${name}`, show);
  const stop = whenGone(model, () => {
    life.over = true;
    show();
  });
  show();
  return () => {
    stop();
    window.removeEventListener("message", heard);
    model.off("msg:custom", told);
    for (const name of SHOWN) model.off(`change:${name}`, show);
  };
};

export default () => {
  const life = { over: false }; // of the widget, for all its views
  return { render: (view) => render({ ...view, life }) };
};
