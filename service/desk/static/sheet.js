// The national form: what each of its cells shows, and how one moves from one to the next.

const LOOKS = {
  review: "须核对",
  corrected: "已按勾稽更正",
  inferred: "由勾稽推得",
  missing: "原文无此项",
  blank: "空白",
  person: "已人工核对",
  read: "可信",
};
const SUMS = { ok: "勾稽相符", fail: "勾稽不符", source: "源表有误", open: "勾稽未能验算" };

export class Sheet {
  #inputs = new Map();
  #order = [];

  constructor(root, fields) {
    this.root = root;
    this.fields = fields;
    for (const input of root.querySelectorAll("input[data-field]")) {
      this.#inputs.set(input.dataset.field, input);
      this.#order.push(input.dataset.field);
    }
  }

  input(id) {
    return this.#inputs.get(id);
  }

  get ids() {
    return this.#order;
  }

  /** Paint a cell; the text of one that somebody is typing in is left alone. */
  paint(id, cell, sum) {
    const input = this.#inputs.get(id);
    if (!input) return;
    const look = cell.person ? "person" : cell.status;
    const place = input.parentElement;
    place.dataset.look = look;
    if (sum) place.dataset.sum = sum;
    else delete place.dataset.sum;
    if (input.dataset.mode !== "type") input.value = cell.text;
    // What does not fit is set smaller: a figure without its first digit is another figure.
    place.dataset.long = input.value.length > 6 ? "very" : input.value.length > 3 ? "yes" : "no";
    const kind = cell.person && cell.status !== "read" ? `${LOOKS.person}：${LOOKS[cell.status]}` : LOOKS[look];
    const reasons = cell.status === "review" ? this.fields[id].reasons.map((reason) => reason.text) : [];
    const said = [this.fields[id].label, kind, ...reasons, SUMS[sum]].filter(Boolean).join("，");
    if (input.getAttribute("aria-label") !== said) input.setAttribute("aria-label", said);
  }

  /** Outline the cells of a sum that fails. */
  outline(ids) {
    for (const cell of this.root.querySelectorAll("td.in-sum")) cell.classList.remove("in-sum");
    for (const id of ids) this.#inputs.get(id)?.parentElement.classList.add("in-sum");
  }

  /** The first of `wanted` after (step 1) or before (step -1) a cell in the form's order, going round; null for none. */
  beside(id, wanted, step) {
    const some = new Set(wanted);
    const start = this.#order.indexOf(id);
    const count = this.#order.length;
    for (let away = 1; away <= count; away += 1) {
      const other = this.#order[(start + step * away + (step < 0 ? count * 2 : 0)) % count];
      if (other !== id && some.has(other)) return other;
    }
    return null;
  }

  /** The cell next to one in its table: "up", "down", "left", "right"; null at the edge. */
  neighbour(id, way) {
    const from = this.#inputs.get(id);
    const [row, column] = [Number(from.dataset.row), Number(from.dataset.column)];
    let best = null;
    for (const other of from.closest("table").querySelectorAll("input[data-field]")) {
      const down = Number(other.dataset.row) - row;
      const right = Number(other.dataset.column) - column;
      const ahead = { up: -down, down, left: -right, right }[way];
      const aside = Math.abs(way === "up" || way === "down" ? right : down);
      if (ahead <= 0) continue;
      const far = ahead + 100 * aside;
      if (!best || far < best.far) best = { far, id: other.dataset.field };
    }
    return best?.id ?? null;
  }

  /** The cell printed at a place of a page; null for none. */
  at(page, x, y) {
    return (
      this.#order.find((id) => {
        const { page: own, box } = this.fields[id];
        return own === page && box && box[0] <= x && x < box[2] && box[1] <= y && y < box[3];
      }) ?? null
    );
  }

  /** The cells of a cell's row that are in `wanted`. */
  row(id, wanted) {
    const own = this.#inputs.get(id);
    return [...own.closest("tr").querySelectorAll("input[data-field]")]
      .map((input) => input.dataset.field)
      .filter((other) => wanted.includes(other));
  }
}
