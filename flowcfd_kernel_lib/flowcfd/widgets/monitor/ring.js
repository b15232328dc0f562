// The rows of one group of curves, [x, y0, y1, ...] with x rising, as the kernel's History keeps them: when there are too
// many, the older half is thinned so that peaks stay.

const rowsOf = (view, width) => {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);  // Float64Array needs alignment
  const flat = new Float64Array(bytes);
  return Array.from({ length: Math.floor(flat.length / width) }, (_, row) => flat.subarray(row * width, (row + 1) * width));
};

// Two points in place of each bucket of rows: of each column the least and the greatest value, in their order. `ends`
// are the rows behind the last of each bucket. Gaps (null) are skipped.
const thinned = (columns, ends, begin = 0) => columns.map((column, k) => {
  const found = [];
  let first = begin;
  for (const end of ends) {
    if (end - first <= 2) {
      for (let row = first; row < end; row += 1) found.push(column[row]);
    } else if (k === 0) {
      found.push(column[first], column[end - 1]);
    } else {
      let least = -1;
      let most = -1;
      for (let row = first; row < end; row += 1) {
        const value = column[row];
        if (value === null) continue;
        if (least < 0 || value < column[least]) least = row;
        if (most < 0 || value > column[most]) most = row;
      }
      found.push(...(least < 0 ? [null, null]
        : least < most ? [column[least], column[most]] : [column[most], column[least]]));
    }
    first = end;
  }
  return found;
});

const firstNotBefore = (column, x) => {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
};

class Ring {
  constructor(group) {
    Object.assign(this, group);  // key, tab, title, columns (their names), unit, log, capacity
    this.width = group.columns.length + 1;
    this.count = 0;  // all rows that ever came; the next one has this number
    this.data = Array.from({ length: this.width }, () => []);
    this.hidden = new Set();
  }

  get length() { return this.data[0].length; }

  // Rows of which the first has this number; false where rows between are missing.
  take(view, first) {
    if (first > this.count) return false;
    const rows = rowsOf(view, this.width).slice(this.count - first);
    this.count += rows.length;
    for (const row of rows) {
      const last = this.data[0][this.length - 1];
      if (last !== undefined && row[0] <= last) this.cut(row[0]);  // a resumed run computes these again
      for (let k = 0; k < this.width; k += 1) this.data[k].push(this.value(row[k], k));
    }
    if (this.length > this.capacity) this.shrink();
    return true;
  }

  // A logarithmic axis has no place for what is not positive, and a gap is null.
  value(number, k) { return Number.isFinite(number) && (k === 0 || !this.log || number > 0) ? number : null; }

  cut(x) {
    const keep = firstNotBefore(this.data[0], x);
    for (const column of this.data) column.length = keep;
  }

  shrink() {
    const half = Math.floor(this.length / 8) * 4;
    const ends = Array.from({ length: half / 4 }, (_, n) => 4 * (n + 1));
    const early = thinned(this.data, ends);
    this.data = this.data.map((column, k) => early[k].concat(column.slice(half)));
  }

  // What is drawn of the range [from, to] (null: all) on so many pixels: at most two points in each column of pixels.
  drawn(range, pixels) {
    const x = this.data[0];
    const from = range ? Math.max(0, firstNotBefore(x, range[0]) - 1) : 0;
    const to = range ? Math.min(this.length, firstNotBefore(x, range[1]) + 2) : this.length;
    if (to - from <= 2 * pixels) return this.data.map((column) => column.slice(from, to));
    const step = (x[to - 1] - x[from]) / pixels || 1;
    const ends = [];
    for (let pixel = 1; pixel < pixels; pixel += 1) {
      const end = firstNotBefore(x, x[from] + pixel * step);
      if (end > (ends.length ? ends[ends.length - 1] : from)) ends.push(end);
    }
    ends.push(to);
    return thinned(this.data, ends, from);
  }

  last(k) {
    const column = this.data[k];
    for (let row = column.length - 1; row >= 0; row -= 1) if (column[row] !== null) return column[row];
    return null;
  }
}
