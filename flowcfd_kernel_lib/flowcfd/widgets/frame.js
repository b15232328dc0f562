// A view of the render process in the page: an iframe through Jupyter's proxy, and sentences where that cannot be.

const baseUrl = () => {
  const config = document.getElementById("jupyter-config-data");
  const base = config ? JSON.parse(config.textContent).baseUrl : document.body.dataset.baseUrl;
  return base ? new URL(base, window.location.origin).href : null;
};

const render = ({ model, el }) => {
  el.classList.add("flowcfd-frame");
  const words = document.createElement("div");
  words.className = "flowcfd-frame-words";
  words.setAttribute("role", "status");
  const sentence = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Start it again";
  button.addEventListener("click", () => model.send({ do: "again" }));
  words.append(sentence, button);
  const frame = document.createElement("iframe");
  el.append(words, frame);

  const say = (text) => {
    sentence.textContent = text;
    words.hidden = !text;
  };

  const show = () => {
    frame.title = model.get("label");
    frame.style.height = `${model.get("height")}px`;
    const address = model.get("address");
    say(model.get("words"));
    frame.hidden = !address;
    if (!address) {
      frame.removeAttribute("src");
      return;
    }
    const query = new URLSearchParams({ ui: "main", reconnect: "auto", token: address.token });
    frame.src = `${baseUrl()}proxy/${address.port}/index.html?${query}`;
  };

  const heard = (event) => {
    if (event.source !== frame.contentWindow || !event.data?.flowcfd) return;
    const { flowcfd, spec, code } = event.data;
    if (flowcfd === "changed") {
      model.set("spec", spec);
      model.save_changes();
    } else if (flowcfd === "code") {
      window.dispatchEvent(
        new CustomEvent("flowcfd:cell", { detail: { code, mark: `view-${model.get("label")}`, near: el, done: () => {} } }),
      );
    }
  };

  window.addEventListener("message", heard);
  for (const name of ["address", "words", "height", "label"]) model.on(`change:${name}`, show);
  show();
  return () => window.removeEventListener("message", heard);
};

export default { render };
