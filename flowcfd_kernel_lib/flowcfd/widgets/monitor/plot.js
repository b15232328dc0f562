// One group of curves drawn by uPlot: one frame at most whatever comes, drag to zoom, double click to see all again.

const LIGHT = ['#0b6bcb', '#c4570a', '#1a7f4b', '#b02a8a', '#6b4fbb', '#00798a', '#9a6700', '#c0392b'];
const DARK = ['#5aa9f5', '#f0904d', '#4cc38a', '#e57cc4', '#a58df0', '#3cc3d1', '#d9b13b', '#f0766a'];
const DASHES = [[], [6, 4], [2, 3]];

const isDark = () => document.body.dataset.jpThemeLight === 'false'
  || (document.body.dataset.jpThemeLight === undefined && window.matchMedia('(prefers-color-scheme: dark)').matches
    && document.body.classList.contains('vscode-dark'));
const colourOf = (k) => (isDark() ? DARK : LIGHT)[k % LIGHT.length];
const dashOf = (k) => DASHES[Math.floor(k / LIGHT.length) % DASHES.length];

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const WHOLE = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));  // there is no half iteration
const isDecade = (value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
// A label of a logarithmic axis; where it spans a few decades only, uPlot labels values between them as well.
const power = (value) => {
  if (!isDecade(value)) return value >= 1e-3 && value < 1e4 ? String(Number(value.toPrecision(2))) : value.toExponential(0).replace('e+', 'e');
  const exponent = Math.round(Math.log10(value));
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => SUPERSCRIPTS[digit]);
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
};

const shown = (value) => {
  if (value === null || value === undefined) return '';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : String(Number(value.toPrecision(5)));
};

// Labels of a linear axis: as many digits as tell its steps apart.
const ticks = (splits) => {
  const size = Math.max(...splits.map((value) => Math.abs(value || 0)));
  const step = Math.abs(splits[1] - splits[0]) || size || 1;
  if (size >= 1e-2 && size < 1e5) return splits.map((value) => (value === null ? '' : String(Number(value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(step))))))));
  const digits = Math.max(0, Math.min(4, Math.ceil(Math.log10(size / step))));
  return splits.map((value) => (value === null ? '' : value === 0 ? '0' : value.toExponential(digits).replace('e+', 'e')));
};

class Curves {
  constructor(ring, label, drawn) {
    this.ring = ring;
    this.label = label;  // of the x axis
    this.drawnTell = drawn;
    this.zoom = null;
    this.held = false;
    this.linear = !ring.log;
    this.bands = [];
    this.place = element('div', 'fc-curves');
    this.place.setAttribute('role', 'img');
    this.legend = new Legend(this);
    this.plot = null;
    this.frame = 0;
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.place);
  }

  // Draw in the next frame; what comes until then is in it.
  ask() {
    if (!this.frame && !this.held) this.frame = requestAnimationFrame(() => this.draw());
  }

  build() {
    if (this.plot) this.plot.destroy();
    const css = getComputedStyle(this.place);
    const [ink, line] = [css.getPropertyValue('--fc-muted'), css.getPropertyValue('--fc-line')];
    const decades = (_, splits) => splits.map((value) => (isDecade(value) ? value : null));
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: '12px system-ui, sans-serif' };
    const up = this.linear ? { values: (_, splits) => ticks(splits) } : { grid: { ...axis.grid, filter: decades }, ticks: { ...axis.ticks, filter: decades }, values: (_, splits) => splits.map((value) => (value === null ? '' : power(value))) };
    this.plot = new uPlot({
      width: this.place.clientWidth || this.width || 600,
      height: 240,
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 6 }, bind: { dblclick: () => () => this.see(null) } },
      scales: { x: { time: false }, y: { distr: this.linear ? 1 : 3 } },
      axes: [{ ...axis, size: 34, ...(this.label === 'iteration' && { incrs: WHOLE }) }, { ...axis, size: 62, ...up }],
      series: [{}, ...this.ring.columns.map((name, k) => ({
        label: name, stroke: colourOf(k), width: 1.5, dash: dashOf(k), spanGaps: true, show: !this.ring.hidden.has(name), points: { show: false },
      }))],
      hooks: {
        setSelect: [(plot) => this.selected(plot)],
        setCursor: [(plot) => this.legend.values(plot.cursor.idx, plot.data)],
        draw: [(plot) => this.means(plot)],
      },
    }, this.data(), this.place);
  }

  data() {
    const data = this.ring.drawn(this.zoom, Math.max(200, this.place.clientWidth - 96));
    if (this.linear || this.ring.log) return data;
    return data.map((column, k) => (k ? column.map((value) => (value > 0 ? value : null)) : column));
  }

  draw() {
    this.frame = 0;
    if (!this.place.isConnected || !this.place.clientWidth) return;
    if (!this.plot) this.build();
    const { ring, plot } = this;
    this.width = this.place.clientWidth;
    const data = this.data();
    if (plot.width !== this.place.clientWidth) plot.setSize({ width: this.place.clientWidth, height: 240 });
    const count = ring.length;
    plot.batch(() => {
      plot.setData(data, false);
      const end = ring.data[0][count - 1];
      const [min, max] = this.zoom || [ring.data[0][0], end];
      if (count) plot.setScale('x', { min, max: max > min ? max : min + 1 });
    });
    this.place.dataset.rows = ring.count;
    this.legend.values(null);
    this.place.setAttribute('aria-label', this.words());
    if (!this.zoom) this.drawnTell(ring);
  }

  words() {
    const { ring } = this;
    const newest = ring.columns.slice(0, 8).map((name, k) => `${name} ${shown(ring.last(k + 1))}`);
    return `${ring.title} over ${this.label}, ${ring.count} rows; newest: ${newest.join(', ')}`;
  }

  // The mean of what has settled, dashed, in a band as wide as it may vary.
  means(plot) {
    const { ctx } = plot;
    for (const band of this.bands) {
      const k = this.ring.columns.indexOf(band.column);
      if (k < 0 || !band.ok || this.ring.hidden.has(band.column)) continue;
      const [left, right] = [band.from, band.to].map((x) => plot.valToPos(x, 'x', true));
      const [high, middle, low] = [band.mean + band.half, band.mean, band.mean - band.half].map((y) => plot.valToPos(y, 'y', true));
      ctx.save();
      ctx.beginPath();
      ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
      ctx.clip();
      ctx.fillStyle = colourOf(k);
      ctx.strokeStyle = colourOf(k);
      ctx.globalAlpha = 0.16;
      ctx.fillRect(left, high, right - left, Math.max(2, low - high));
      ctx.globalAlpha = 1;
      ctx.setLineDash([6, 4]);
      ctx.beginPath();
      ctx.moveTo(left, middle);
      ctx.lineTo(right, middle);
      ctx.stroke();
      ctx.restore();
    }
  }

  selected(plot) {
    if (plot.select.width < 4) return;
    const [from, to] = [plot.select.left, plot.select.left + plot.select.width].map((left) => plot.posToVal(left, 'x'));
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.see([from, to]);
  }

  see(range) {
    this.zoom = range;
    this.place.dispatchEvent(new CustomEvent('flowcfd:zoom', { bubbles: true }));
    this.force();
  }

  force() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  toggle(name) {
    const { hidden } = this.ring;
    if (hidden.has(name)) hidden.delete(name);
    else hidden.add(name);
    if (this.plot) this.plot.setSeries(this.ring.columns.indexOf(name) + 1, { show: !hidden.has(name) });
    this.legend.draw();
  }

  again() {  // another theme, another axis
    if (!this.plot) return;
    this.build();
    this.legend.draw();
    this.force();
  }

  resize() {
    if (this.plot && this.place.clientWidth && this.place.clientWidth !== this.plot.width) {
      this.plot.setSize({ width: this.place.clientWidth, height: 240 });
    }
    this.force();
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.sizes.disconnect();
    if (this.plot) this.plot.destroy();
  }
}
