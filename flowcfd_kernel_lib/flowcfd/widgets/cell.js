// The view of CellWriter: asks the page for a cell with the event 'flowcfd:cell', and shows the code to copy where
// nobody answers. Several views of one widget, or a page loaded again, ask once.

const PATIENCE = 1000;  // ms; the extension answers at once, so this is only for the page to draw
const NOBODY = 'Nothing here can write cells (JupyterLab with the extension flowcfd-lab can): copy the code into a cell.';

const element = (kind, style, words = '') => {
  const made = document.createElement(kind);
  made.className = style;
  made.textContent = words;
  return made;
};

// Asks for the cell and returns {state, words}.
export const ask = (near, code, mark, run) => new Promise(resolve => {
  const timer = setTimeout(() => resolve({ state: 'no extension: nobody answered', words: NOBODY }), PATIENCE);
  const done = (ok, words) => {
    clearTimeout(timer);
    resolve({ state: ok ? 'written' : `refused: ${words}`, words });
  };
  window.dispatchEvent(new CustomEvent('flowcfd:cell', { detail: { code, mark, run, near, done } }));
});

const copy = async (code, shown) => {
  try {
    await navigator.clipboard.writeText(code);  // only where the page came over https or from this machine
    return true;
  } catch {
    window.getSelection().selectAllChildren(shown);
    return document.execCommand('copy');
  }
};

const wayBack = model => {
  const box = element('div', 'fc-cell-back');
  const code = element('pre', 'fc-cell-code');
  code.tabIndex = 0;
  code.setAttribute('role', 'region');
  code.setAttribute('aria-label', 'Python code');
  const button = element('button', 'fc-cell-button', 'Copy');
  button.type = 'button';
  button.addEventListener('click', async () => {
    const copied = await copy(model.get('code'), code);
    button.textContent = copied ? 'Copied' : 'Press Ctrl+C';
  });
  box.append(code, button);
  const draw = () => {
    box.hidden = !model.get('state') || model.get('state') === 'written';
    code.textContent = model.get('code');
    button.textContent = 'Copy';
  };
  return { box, draw };
};

const controls = (model, write) => {
  const bar = element('div', 'fc-cell-bar');
  const button = element('button', 'fc-cell-button fc-cell-first');
  button.type = 'button';
  button.addEventListener('click', write);
  const label = element('label', 'fc-cell-keep');
  const tick = element('input', '');
  tick.type = 'checkbox';
  tick.addEventListener('change', () => {
    model.set('keep', tick.checked);
    model.save_changes();
    if (tick.checked) {
      write();
    }
  });
  label.append(tick, ' keep the cell up to date');
  bar.append(button, label);
  const draw = () => {
    button.textContent = model.get('label');
    button.hidden = !model.get('label');
    label.hidden = model.get('keep') === null;
    tick.checked = Boolean(model.get('keep'));
    bar.hidden = button.hidden && label.hidden;
  };
  return { bar, draw };
};

const render = ({ model, el }) => {
  const status = element('div', 'fc-cell-status');
  status.setAttribute('role', 'status');
  const write = async () => {
    const { state, words } = await ask(el, model.get('code'), model.get('mark'), model.get('run'));
    model.set({ state, words });
    model.save_changes();
  };
  const parts = [controls(model, () => { model.set('run', false); write(); }), wayBack(model)];
  const draw = () => {
    parts.forEach(part => part.draw());
    status.textContent = model.get('words');
    status.dataset.state = model.get('state').split(':')[0];
  };
  let known = model.get('code');
  const look = () => {
    const fresh = known !== model.get('code');
    known = model.get('code');
    if (!el.isConnected) {
      return;
    }
    if (model.get('asked') > model.get('answered')) {
      model.set('answered', model.get('asked'));  // before the answer: other views see that it is on its way
      write();
    } else if (fresh && model.get('keep')) {
      model.set('run', false);
      write();
    }
  };
  const changed = () => { draw(); look(); };
  el.classList.add('fc-cell');
  el.append(parts[0].bar, status, parts[1].box);
  draw();
  const stop = whenShown(el, look);
  model.on('change', changed);
  return () => {
    stop();
    model.off('change', changed);
  };
};

// The view is made before it is put into the page; an element in no cell has no notebook.
const whenShown = (el, does) => {
  let waiting = true;
  const look = () => {
    if (waiting && !el.isConnected) {
      requestAnimationFrame(look);
    } else if (waiting) {
      does();
    }
  };
  look();
  return () => { waiting = false; };
};

export default { render };
