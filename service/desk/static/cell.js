// The panel below the form: the cell in hand enlarged, what it may say, and the sums that it is in.

const PERCENT = new Intl.NumberFormat("zh-CN", { style: "percent", maximumFractionDigits: 1 });

export class Panel {
  /** `act(name, detail)` is called for every button. */
  constructor(root, act) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.name = root.querySelector(".cell-name");
    this.list = root.querySelector(".choices");
    this.sums = root.querySelector(".sums");
    this.said = root.querySelector(".tell");
    root.addEventListener("pointerdown", (event) => {
      // The cell keeps the focus: who taps a button goes on in the form.
      if (event.target.closest("button")) event.preventDefault();
    });
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-act]");
      if (button) act(button.dataset.act, button.dataset.detail);
    });
  }

  /** The cell's name, where it is printed, and why it is or was in doubt ("" where it was not). */
  show(label, place, reasons) {
    this.name.textContent = label;
    this.root.querySelector(".cell-place").textContent = place;
    this.root.querySelector(".cell-reasons").textContent = reasons;
  }

  /** The readings on their keys. */
  offer(choices, picked, writable) {
    const none = document.createElement("span");
    none.className = "muted";
    none.textContent = "没有候选";
    this.list.replaceChildren(
      ...(choices.length ? [] : [none]),
      ...choices.map((choice) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "choice";
        button.dataset.act = "pick";
        button.dataset.detail = choice.key;
        button.disabled = !writable;
        button.setAttribute("aria-pressed", String(picked === choice.key));
        const key = document.createElement("kbd");
        key.textContent = choice.key;
        const sure = document.createElement("small");
        sure.textContent = choice.probability === null ? "勾稽推算" : PERCENT.format(choice.probability);
        button.append(key, ` ${choice.text === "" ? "空白" : choice.text} `, sure);
        return button;
      }),
    );
  }

  /** The sums of the cell, then those of others that fail. `found` are {identity, state, said, open}. */
  list_sums(own, others, writable) {
    const lines = own.map((sum) => this.#line(sum, writable));
    if (others.length) {
      const more = document.createElement("li");
      more.textContent = `其他不符的勾稽 ${others.length} 条：`;
      lines.push(more, ...others.map((sum) => this.#line(sum, writable)));
    }
    if (!lines.length) {
      const none = document.createElement("li");
      none.textContent = "本格不在任何勾稽关系中，请对照原件核对。";
      lines.push(none);
    }
    this.sums.replaceChildren(...lines);
  }

  tell(text, fault = false) {
    this.said.textContent = text;
    this.said.classList.toggle("fault", fault);
  }

  #line({ identity, state, said, confirmable }, writable) {
    const line = document.createElement("li");
    line.className = state || "none";
    line.dataset.sum = identity.id;
    const head = document.createElement("b");
    head.textContent = {
      ok: "✓ 相符",
      fail: "≠ 不符",
      source: "≠ 源表有误（已确认）",
      open: "… 待算",
      "": "— 不适用",
    }[state];
    line.append(head, ` ${identity.name}`);
    if (said) {
      const why = document.createElement("div");
      why.textContent = said;
      line.append(why);
    }
    if (confirmable && writable) {
      const go = this.#button("go", identity.id, "看这一条");
      const own = this.#button("source_error", identity.id, "源表有误 ");
      const key = document.createElement("kbd");
      key.textContent = "E";
      own.append(key);
      line.append(go, own);
    }
    return line;
  }

  #button(act, detail, text) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.act = act;
    button.dataset.detail = detail;
    button.textContent = text;
    return button;
  }
}
