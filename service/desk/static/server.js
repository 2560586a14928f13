// What is said to the server and what it answers: actions one after the other, and a sign of life now and then.

const CSRF = document.querySelector('meta[name="csrf"]').content;
const TRIES = 4;

/** An error of the server's, with its status and the sentence for people. */
export class Refusal extends Error {
  constructor(status, said) {
    super(said);
    this.status = status;
  }
}

/** Send JSON and take JSON. Raises Refusal; tries again a few times where the network fails. */
export async function send(address, body, options = {}) {
  for (let tried = 1; ; tried += 1) {
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": CSRF, Accept: "application/json" },
        body: JSON.stringify(body),
        ...options,
      });
    } catch {
      if (tried === TRIES) throw new Refusal(0, "与服务器的连接中断；已提交的内容不会丢失，请检查网络后刷新本页");
      await new Promise((done) => setTimeout(done, 400 * 2 ** tried));
      continue;
    }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    throw new Refusal(answer.status, said.detail ?? `服务器答复 ${answer.status}`);
  }
}

/** Runs jobs one after the other, so that actions reach the server in the order in which they were done. */
export class Line {
  #last = Promise.resolve();

  add(job) {
    const next = this.#last.then(job);
    this.#last = next.catch(() => {});
    return next;
  }
}

/** What a review costs: keys pressed, and time not spent idle. Kept over reloads of the page. */
export class Meter {
  #key;
  #last = 0;

  constructor(name) {
    this.#key = `gouji-${name}`;
    const kept = JSON.parse(sessionStorage.getItem(this.#key) ?? "{}");
    this.keystrokes = kept.keystrokes ?? 0;
    this.seconds = kept.seconds ?? 0;
    document.addEventListener("keydown", (event) => {
      if (!["Shift", "Control", "Alt", "Meta"].includes(event.key)) this.#count(1);
    });
    document.addEventListener("pointerdown", () => this.#count(0));
  }

  #count(keys) {
    const now = performance.now() / 1000;
    if (this.#last) this.seconds += Math.min(now - this.#last, 60);
    this.#last = now;
    this.keystrokes += keys;
    sessionStorage.setItem(this.#key, JSON.stringify({ keystrokes: this.keystrokes, seconds: this.seconds }));
  }

  /** Seconds since anything was pressed. */
  idle() {
    return performance.now() / 1000 - this.#last;
  }

  forget() {
    sessionStorage.removeItem(this.#key);
  }
}
