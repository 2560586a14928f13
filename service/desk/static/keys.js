// Keys of the report page. Enter, Tab and arrows lead to the next cell that needs a person; the rest is said under `?`.

const WAYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

/** Listen for keys, and do with `desk` (see report.js) what they mean. */
export function listen(desk) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const what = meant(desk, event);
    if (!what) return;
    event.preventDefault();
    what();
  });
}

/** What a key means here and now, null for what is the browser's. */
function meant(desk, event) {
  const { key, ctrlKey, target } = event;
  const typing = desk.typing();
  if (ctrlKey && key === "Enter") return () => desk.finish();
  if (ctrlKey && key.toLowerCase() === "z") return typing ? null : () => desk.act("undo");
  if (key === "F1" || (key === "?" && !typing)) return () => desk.act("help");
  const onBar = target.closest?.(".report-bar") || target === document.body;
  const general = { a: "accept_all", u: "undo" }[key.toLowerCase()];
  if (onBar && !ctrlKey && general) return () => desk.act(general);
  if (target.dataset?.field === undefined || event.altKey || event.metaKey) return null;
  const way = WAYS[key];
  if (ctrlKey) {
    const next = way && desk.neighbour(way);
    return next ? () => desk.go(next) : null;
  }
  if (key === "Enter") return () => desk.confirm() && desk.onward(event.shiftKey ? -1 : 1);
  if (key === "Tab") return tab(desk, event.shiftKey ? -1 : 1);
  return typing ? whileTyping(desk, key, way) : looking(desk, event, way);
}

/** Tab goes to the next cell that needs a person, and out of the form where there is none in that direction. */
function tab(desk, step) {
  if (desk.typing() && !desk.endTyping(true)) return null;
  const next = desk.ahead(step);
  return next && (() => desk.go(next));
}

function whileTyping(desk, key, way) {
  if (key === "Escape") return () => desk.endTyping(false);
  if (way === "up" || way === "down") return () => desk.confirm() && desk.onward(way === "up" ? -1 : 1);
  return null;
}

/** A cell that is not being typed in. Where there are choices, figures pick; where there are none, they type. */
function looking(desk, event, way) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (way) return () => desk.onward(way === "up" || way === "left" ? -1 : 1);
  if (key === "Escape") return () => document.querySelector(".report-bar button:enabled")?.focus();
  if ((key === " " || key === "F2") && desk.writable()) return () => desk.type();
  if (desk.choosing() && desk.choiceOf(key)) return () => desk.pick(key);
  if (/^[0-9+-]$/.test(key) && desk.writable()) {
    return () => (desk.choosing() ? desk.tell("这里数字键用来选候选：要键入请先按空格") : desk.type(key));
  }
  const missing = event.shiftKey ? "row_missing" : "missing";
  const name = { "/": "blank", x: missing, u: "undo", a: "accept_all", e: "source_error" }[key];
  return name ? () => desk.act(name) : null;
}
