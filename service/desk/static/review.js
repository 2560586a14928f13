// What is known of the review in hand, without anything that is shown: the server's state, and decisions on their way.

import { evaluate, parse } from "./figures.js";

const RANK = { "": 0, ok: 1, open: 2, source: 3, fail: 4 };
const BECOMES = { value: "read", blank: "blank", missing: "missing" };

export class Review {
  #sums = new Map();

  constructor(data) {
    this.fields = data.fields;
    this.identities = data.identities;
    this.state = data.state;
    for (const identity of data.identities) {
      for (const id of [...identity.left, ...identity.right]) this.#sums.set(id, [...this.sumsOf(id), identity]);
    }
  }

  get open() {
    return this.state.open_fields;
  }

  /** A cell of each sum that fails and is not confirmed to fail in print. */
  get failing() {
    return this.state.open_checks.map((id) => this.lastOf(id));
  }

  cell(id) {
    return this.state.fields[id];
  }

  choice(id, key) {
    return this.cell(id)?.choices.find((choice) => choice.key === key);
  }

  sumsOf(id) {
    return this.#sums.get(id) ?? [];
  }

  /** The cell of a sum where one looks first: its total. */
  lastOf(check) {
    return this.identities.find((identity) => identity.id === check).right.at(-1);
  }

  /** All sums as they stand. `preview` {id, text} is what is being typed or was picked: it counts already. */
  judged(preview) {
    return this.identities.map((identity) => {
      const found = evaluate(identity, (id) => this.#figure(id, preview));
      const confirmed = found.state === "fail" && this.state.confirmed[identity.id] === found.expression;
      const confirmable = !confirmed && this.state.open_checks.includes(identity.id);
      return { identity, ...found, state: confirmed ? "source" : found.state, confirmable };
    });
  }

  /** The worst state of the sums that each cell is a total of. */
  worst(sums) {
    const found = new Map();
    for (const { identity, state } of sums) {
      for (const id of identity.right) if (RANK[state] > RANK[found.get(id) ?? ""]) found.set(id, state);
    }
    return found;
  }

  /** Take a decision to be made before the server has said so. */
  expect(kind, targets, text) {
    const status = BECOMES[kind];
    if (!status) return;
    const plain = kind === "value" && parse(text) !== null ? text.normalize("NFKC").replaceAll(",", "").trim() : null;
    for (const id of targets) {
      this.state.fields[id] = { ...this.cell(id), text, value: plain, status, person: true, choices: [] };
      this.state.open_fields = this.state.open_fields.filter((other) => other !== id);
    }
  }

  /** Take the server's answer; with others on their way, decisions that it does not know of yet stay. */
  settle(answer, waiting) {
    const early = this.state;
    this.state = answer;
    if (!waiting) return;
    for (const [id, cell] of Object.entries(early.fields)) if (cell.person) this.state.fields[id] = cell;
    this.state.open_fields = this.state.open_fields.filter((id) => !this.state.fields[id].person);
  }

  #figure(id, preview) {
    if (id === preview?.id) return { value: parse(preview.text), open: preview.text !== "" };
    const { value, status } = this.cell(id);
    return { value: value === null ? null : parse(value), open: status === "review" };
  }
}
