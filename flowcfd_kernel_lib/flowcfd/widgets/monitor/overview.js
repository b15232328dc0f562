// Several runs: a row for each with its state, a small curve of its residuals, how far it is; a click shows one in detail.

const SVG = 'http://www.w3.org/2000/svg';

const sparkline = (values, words) => {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'fc-spark');
  svg.setAttribute('viewBox', '0 0 96 22');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', words);
  if (values.length > 1) {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const points = values.map((value, n) => `${(95 * n) / (values.length - 1) + 0.5},${20 - (18 * (value - low)) / (high - low || 1)}`);
    const line = document.createElementNS(SVG, 'polyline');
    line.setAttribute('points', points.join(' '));
    svg.append(line);
  }
  return svg;
};

class Overview {
  constructor(choose) {
    this.choose = choose;
    this.place = element('div', 'fc-overview');
    this.title = element('div', 'fc-title');
    this.table = element('table', 'fc-runs');
    const heads = element('tr', '');
    for (const words of ['run', 'state', 'residual', 'done', 'time left', 'measure']) {
      const head = element('th', '', words);
      head.scope = 'col';
      heads.append(head);
    }
    const top = element('thead', '');
    top.append(heads);
    this.body = element('tbody', '');
    this.table.append(top, this.body);
    const frame = element('div', 'fc-scroll');
    frame.tabIndex = 0;
    frame.setAttribute('role', 'region');
    frame.setAttribute('aria-label', 'Runs');
    frame.append(this.table);
    this.place.append(this.title, frame);
    this.rows = [];
  }

  draw(told) {
    this.place.hidden = !told.rows;
    if (!told.rows) return;
    put(this.title, told.title);
    told.rows.forEach((row, n) => this.row(row, n));
    this.rows.splice(told.rows.length).forEach((row) => row.place.remove());
  }

  row(told, n) {
    const said = JSON.stringify(told);
    if (this.rows[n] && this.rows[n].said === said) return;
    if (!this.rows[n]) {
      const made = { place: element('tr', ''), cells: Array.from({ length: 6 }, () => element('td', '')) };
      made.open = button('fc-open', '', '', () => this.choose(made.run));
      made.cells[0].append(made.open);
      made.place.append(...made.cells);
      made.place.addEventListener('click', (event) => { if (event.target !== made.open && made.run) this.choose(made.run); });
      this.body.append(made.place);
      this.rows[n] = made;
    }
    const row = this.rows[n];
    Object.assign(row, { said, run: told.run });
    const [, state, curve, done, left, measure] = row.cells;
    put(row.open, told.label);
    row.open.disabled = !told.run;
    row.open.title = told.run ? `Show ${told.label} in detail` : told.why;
    row.open.setAttribute('aria-pressed', String(Boolean(told.chosen)));
    row.place.title = [told.why, told.mend].filter(Boolean).join('; ');
    state.replaceChildren(pill(told.state));
    curve.replaceChildren(sparkline(told.curve || [], `Residuals of ${told.label} over its log`));
    done.replaceChildren(...(told.fraction === null || told.fraction === undefined ? []
      : [bar(told.fraction, `${told.label}: done`), element('span', 'fc-part', `${Math.round(100 * told.fraction)} %`)]));
    put(left, told.left || '');
    put(measure, told.measure || '');
  }
}
