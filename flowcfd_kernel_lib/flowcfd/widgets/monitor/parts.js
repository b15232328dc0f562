// Parts of the page: elements, buttons, a legend that is a row of switches, the newest values as a table.

const element = (kind, style, words = '') => {
  const made = document.createElement(kind);
  made.className = style;
  made.textContent = words;
  return made;
};

const button = (style, words, title, act) => {
  const made = element('button', `fc-button ${style}`, words);
  made.type = 'button';
  made.title = title;
  made.addEventListener('click', act);
  return made;
};

const put = (place, words) => {  // nothing is touched that stays: a reader would say it again
  if (place.textContent !== words) place.textContent = words;
};

class Legend {
  constructor(curves) {
    this.curves = curves;
    this.place = element('div', 'fc-legend');
    this.place.setAttribute('role', 'group');
    this.place.setAttribute('aria-label', `Curves of ${curves.ring.title}`);
    this.draw();
  }

  draw() {
    const { ring } = this.curves;
    const focused = this.keys ? this.keys.indexOf(document.activeElement) : -1;
    this.keys = ring.columns.map((name, k) => {
      const key = button('fc-key', '', `Show or hide ${name}`, () => this.curves.toggle(name));
      key.setAttribute('aria-label', name);
      key.setAttribute('aria-pressed', String(!ring.hidden.has(name)));
      const swatch = element('span', 'fc-swatch');
      swatch.style.borderTopColor = colourOf(k);
      swatch.style.borderTopStyle = dashOf(k).length ? 'dashed' : 'solid';
      const value = element('span', 'fc-value');
      value.setAttribute('aria-hidden', 'true');  // the table below says it, at its own pace
      key.append(swatch, element('span', 'fc-name', name), value);
      return key;
    });
    this.place.replaceChildren(...this.keys);
    if (focused >= 0 && this.keys[focused]) this.keys[focused].focus();
    this.values(null);
  }

  // The values under the cursor, else the newest.
  values(row, data) {
    const { ring } = this.curves;
    const pointed = row !== null && row !== undefined && data;
    this.keys.forEach((key, k) => put(key.lastChild, shown(pointed ? data[k + 1][row] : ring.last(k + 1))));
  }
}

// How the means stand, a sentence for each that was asked for and for those that have settled.
const meansOf = (bands) => bands.filter((band) => band.asked || band.ok).map((band) => {
  const about = `${band.column} ${shown(band.mean)} ± ${shown(band.half)}`;
  return band.ok ? `${about}, settled: ${band.why}` : `${band.column} has not settled: ${band.why}`;
});

class Values {
  constructor() {
    this.place = element('details', 'fc-values');
    this.place.append(element('summary', '', 'Newest values as a table'));
    this.table = element('table', '');
    this.place.append(this.table);
    this.place.addEventListener('toggle', () => this.draw(this.rings || []));
  }

  draw(rings) {
    this.rings = rings;
    if (!this.place.open) return;
    const heads = element('tr', '');
    for (const words of ['curve', 'newest value', 'at']) {
      const head = element('th', '', words);
      head.scope = 'col';
      heads.append(head);
    }
    const rows = rings.flatMap((ring) => ring.columns.map((name, k) => {
      const row = element('tr', '');
      const head = element('th', '', `${ring.title}, ${name}`);
      head.scope = 'row';
      const value = `${shown(ring.last(k + 1))} ${ring.unit}`.trim();
      row.append(head, element('td', '', value), element('td', '', shown(ring.last(0))));
      return row;
    }));
    this.table.replaceChildren(heads, ...rows);
  }
}

const MARKS = { Running: '▶', Queued: '…', Done: '✓', Failed: '✕', Lost: '✕', Stopped: '■', Paused: '❚❚', Cancelled: '✕', Waiting: '…' };

const pill = (state) => {
  const made = element('span', 'fc-state');
  made.dataset.state = state;
  const mark = element('span', 'fc-mark', MARKS[state] || '');
  mark.setAttribute('aria-hidden', 'true');
  made.append(mark, element('span', '', state || '...'));
  return made;
};

const bar = (fraction, words) => {
  const made = element('progress', 'fc-progress');
  made.max = 1;
  if (fraction !== null && fraction !== undefined) made.value = fraction;
  made.setAttribute('aria-label', words);
  return made;
};
