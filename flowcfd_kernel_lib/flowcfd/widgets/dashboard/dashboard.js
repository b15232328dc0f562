// The dashboard's page in the notebook: a frame and a link through Jupyter's proxy, sentences where that cannot be.

const baseUrl = () => {
  const config = document.getElementById("jupyter-config-data");
  const base = config ? JSON.parse(config.textContent).baseUrl : document.body.dataset.baseUrl;
  return base ? new URL(base, window.location.origin).href : null;
};

const address = ({ port, token }) => {
  const base = baseUrl();
  const query = new URLSearchParams({ token });
  return base ? `${base}proxy/${port}/?${query}` : `http://127.0.0.1:${port}/?${query}`;
};

const element = (name, properties) => Object.assign(document.createElement(name), properties);

const render = ({ model, el }) => {
  el.classList.add("flowcfd-dashboard");
  const words = element("span", { className: "flowcfd-dashboard-words" });
  words.setAttribute("role", "status");
  const link = element("a", { target: "_blank", rel: "noopener", textContent: "Open in a tab of its own" });
  const again = element("button", { type: "button", textContent: "Start it again" });
  again.addEventListener("click", () => {
    try {
      model.send({ do: "again" });
    } catch {
      words.textContent = "The kernel of this dashboard has ended: run the cell again.";
    }
  });
  const bar = element("div", { className: "flowcfd-dashboard-bar" });
  bar.append(words, link, again);
  const frame = element("iframe", { loading: "lazy" });
  el.append(bar, frame);

  const lost = (text) => {
    words.textContent = text;
    frame.hidden = link.hidden = true;
    again.hidden = false;
  };

  let turn = 0; // of several questions on their way the last one counts
  const show = async () => {
    const mine = (turn += 1);
    const where = model.get("where");
    frame.title = model.get("label");
    frame.style.height = `${model.get("height")}px`;
    if (!where) {
      lost(model.get("words") || "This dashboard is closed.");
      return;
    }
    const source = address(where);
    try {
      const answer = baseUrl() ? await fetch(source, { cache: "no-store" }) : { ok: true };
      if (mine !== turn) return;
      if (!answer.ok) {
        const why = answer.status === 404 ? "jupyter-server-proxy is not installed here" : "its server is lost";
        lost(`The dashboard does not answer: ${why}.`);
        return;
      }
    } catch {
      if (mine !== turn) return;
      lost("The dashboard does not answer: the notebook's server cannot be reached.");
      return;
    }
    words.textContent = model.get("label");
    frame.hidden = link.hidden = false;
    again.hidden = true;
    link.href = source;
    frame.src = source;
  };

  for (const name of ["where", "words", "height"]) model.on(`change:${name}`, show);
  show();
  return () => {
    turn += 1;
    for (const name of ["where", "words", "height"]) model.off(`change:${name}`, show);
  };
};

export default { render };
