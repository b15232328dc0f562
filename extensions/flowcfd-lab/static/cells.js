// Cells written by widgets. A widget sends the window the event 'flowcfd:cell' with the detail
//   {code, mark, near, run, done(ok, words, note)}
// and the code stands in a cell below the one whose output holds the element `near`, or in the cell that was written
// for the same mark before. `done` is called once: with ok, and words for the widget to show.

const KEY = 'flowcfd';

// What a cell was written with is remembered as a number: a cell that the user has changed since is the user's.
export const fingerprint = text => {
  let hash = 0x811c9dc5;
  for (const letter of text) {
    hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193) >>> 0;
  }
  return `${text.length}-${hash.toString(16)}`;
};

const written = cell => cell.getMetadata(KEY) || {};
const untouched = (cell, code) => {
  const source = cell.sharedModel.getSource();
  return source === code || written(cell).fingerprint === fingerprint(source);
};

const place = (cells, at, code, mark) => {
  const ours = cells.map((cell, index) => ({ cell, index })).filter(one => mark && written(one.cell).mark === mark);
  const free = ours.filter(one => untouched(one.cell, code));
  const below = free.find(one => one.index > at);
  const replaced = below || free[0];
  if (replaced) {
    return { replaced };
  }
  return { after: ours.length ? ours[ours.length - 1].index : at, edited: ours.length > 0 };
};

const replace = (cell, code, mark) => {
  if (cell.sharedModel.getSource() !== code) {
    cell.sharedModel.setSource(code);
  }
  cell.setMetadata(KEY, { mark, fingerprint: fingerprint(code) });
};

const insert = (model, after, code, mark) => {
  const metadata = { [KEY]: { mark, fingerprint: fingerprint(code) }, trusted: true };
  model.sharedModel.insertCell(after + 1, { cell_type: 'code', source: code, metadata });
};

// Returns the index of the cell and what to tell.
const put = (panel, at, code, mark) => {
  const model = panel.content.model;
  const cells = panel.content.widgets.map(cell => cell.model);
  const { replaced, after, edited } = place(cells, at, code, mark);
  if (replaced) {
    replace(replaced.cell, code, mark);
    return [replaced.index, 'The cell is up to date.'];
  }
  insert(model, after, code, mark);
  return [after + 1, edited ? 'You have edited the cell, so it stays; a new one is below it.' : 'Written into a new cell.'];
};

const answer = (tracker, run, detail) => {
  const { code, mark = '', near, done = () => {} } = detail;
  const panel = tracker.find(one => near && one.node.contains(near));
  const at = panel ? panel.content.widgets.findIndex(cell => cell.node.contains(near)) : -1;
  if (at < 0) {
    return done(false, 'This is shown outside of its notebook: no cell can be written from here.');
  }
  if (panel.content.model.readOnly || panel.context.contentsModel?.writable === false) {
    return done(false, 'The notebook is read-only: no cell can be written.');
  }
  const [index, words] = put(panel, at, String(code), String(mark));
  if (detail.run) {
    run(panel, panel.content.widgets[index]);
  }
  return done(true, words);
};

export const plugin = async shared => {
  const { INotebookTracker, NotebookActions } = await shared('@jupyterlab/notebook');
  const run = (panel, cell) => void NotebookActions.runCells(panel.content, [cell], panel.sessionContext);
  return {
    id: 'flowcfd-lab:cells',
    description: 'Writes the cells that widgets ask for.',
    autoStart: true,
    requires: [INotebookTracker],
    activate: (app, tracker) => {
      window.addEventListener('flowcfd:cell', event => {
        try {
          answer(tracker, run, event.detail);
        } catch (error) {
          console.error(error);
          event.detail.done?.(false, `The cell could not be written: ${error.message}.`);
        }
      });
    }
  };
};
