// One report under review: wires the scan, the form, the panel and the server together. Keyboard first.

import { Panel } from "./cell.js";
import { Review } from "./review.js";
import { Scan } from "./scan.js";
import { listen } from "./keys.js";
import { Line, Meter, Refusal, send } from "./server.js";
import { Sheet } from "./sheet.js";

const data = JSON.parse(document.getElementById("data").textContent);
const address = `/desk/reports/${data.report.id}`;
const review = new Review(data);
const line = new Line();
const meter = new Meter(`${data.report.id}-${data.report.revision}`);
const find = (selector) => document.querySelector(selector);

let writable = data.writable;
let current = null; // id of the cell in hand
let picked = null; // key of the choice that was picked and not confirmed
let waiting = 0; // actions on their way to the server

const sheet = new Sheet(find(".form"), data.fields);
const panel = new Panel(find(".cell"), act);
const scan = new Scan(find(".scan"), data.pages, (page, x, y) => {
  const id = sheet.at(page, x, y);
  if (id) go(id);
});
const typing = () => current !== null && sheet.input(current).dataset.mode === "type";

/** What is being typed or was picked, and not confirmed. */
function preview() {
  if (typing()) return { id: current, text: sheet.input(current).value };
  return picked ? { id: current, text: review.choice(current, picked).text } : null;
}

// ---------------------------------------------------------------- showing it

function paint() {
  const early = preview();
  const sums = review.judged(early);
  const worst = review.worst(sums);
  for (const id of sheet.ids) {
    sheet.paint(id, { ...review.cell(id), ...(id === early?.id ? { text: early.text } : {}) }, worst.get(id));
  }
  const failing = sums.filter((sum) => sum.state === "fail");
  const own = sums.filter((sum) => review.sumsOf(current).includes(sum.identity));
  panel.list_sums(own, failing.filter((sum) => !own.includes(sum)), writable);
  sheet.outline(own.filter((sum) => sum.state === "fail").flatMap((s) => [...s.identity.left, ...s.identity.right]));
  panel.offer(current === null ? [] : review.cell(current).choices, picked, writable);
  tally(sums, failing);
}

function tally(sums, failing) {
  const left = review.open.length;
  const cells = find("#left");
  cells.className = `tag ${left ? "unsure" : "ok"}`;
  cells.textContent = left ? `? 须核对 ${left} 格` : "✓ 单元格已核对";
  const told = find("#sums");
  const counted = sums.filter((sum) => sum.state);
  const holding = counted.filter((sum) => sum.state === "ok").length;
  const inPrint = counted.filter((sum) => sum.state === "source").length;
  const pending = counted.some((sum) => sum.state === "open");
  told.className = `tag ${failing.length ? "fail" : pending ? "unsure" : "ok"}`;
  told.textContent = failing.length
    ? `≠ 勾稽不符 ${failing.length} 条`
    : `${pending ? "…" : "✓"} 勾稽 ${holding}/${counted.length} 相符${inPrint ? `，源误 ${inPrint}` : ""}`;
  const all = find("#accept-all");
  all.disabled = !writable || review.state.accepted_all;
  all.querySelector("span").textContent = review.state.accepted_all ? "可信格已接受" : `接受可信格 ${review.state.sure}`;
  if (review.state.organization) find("#organization").textContent = review.state.organization;
  if (review.state.year) find("#year").textContent = review.state.year;
  find("#heading").hidden = !writable;
  find("#undo").disabled = !writable || !review.state.undoable;
  find("#finish").disabled = !writable || waiting > 0 || !review.state.finished;
}

function look(id, hovering) {
  const place = data.fields[id];
  const page = place.page ?? nearestPage(id);
  const where = place.box ? `第 ${place.page} 页` : place.page || page ? `未定位，约在第 ${page} 页` : "原件没有页面";
  const first = place.read && place.read !== review.cell(id).text ? `，初读“${place.read}”` : "";
  const { value } = review.cell(id);
  const unit = place.unit && value !== null ? `，记为 ${value} ${place.unit}` : "";
  panel.show(place.label, `${where}${first}${unit}`, reasonsOf(id));
  scan.crop(panel.canvas, place.page, place.box);
  if (!hovering) scan.point(page, place.box);
}

/** Why the reading of a cell is in doubt, or was before it was decided or settled by the sums. */
function reasonsOf(id) {
  const reasons = data.fields[id].reasons.map((reason) => reason.text).join("；");
  if (!reasons) return "";
  return `${review.cell(id).status === "review" ? "存疑原因" : "曾存疑"}：${reasons}`;
}

/** The page of the cell before this one that has a place. */
function nearestPage(id) {
  const at = sheet.ids.indexOf(id);
  const before = sheet.ids.slice(0, at).reverse();
  return [...before, ...sheet.ids.slice(at)].map((other) => data.fields[other].page).find(Boolean) ?? null;
}

// ---------------------------------------------------------------- moving

function go(id) {
  const input = sheet.input(id);
  input.focus({ preventScroll: true });
  const cell = input.parentElement.getBoundingClientRect();
  const view = sheet.root.getBoundingClientRect();
  if (cell.top < view.top + 8 || cell.bottom > view.bottom - 24) input.scrollIntoView({ block: "center" });
}

/** To the next cell that needs a person: an unsure one, then one of a sum that fails; then to what ends the review. */
function onward(step = 1) {
  const { failing } = review;
  const next = sheet.beside(current, review.open, step) ?? sheet.beside(current, failing, step);
  if (next) go(next);
  else if (review.open.includes(current) || failing.includes(current)) panel.tell("这是最后一处");
  else finishing();
}

function finishing() {
  const button = !review.state.accepted_all ? "#accept-all" : "#finish";
  panel.tell(!review.state.accepted_all ? "全部核对完毕：按 A 接受其余可信单元格" : "全部完成：按 Ctrl+Enter 结束核对");
  if (!find(button).disabled) find(button).focus();
}

sheet.root.addEventListener("focusin", (event) => {
  const id = event.target.dataset?.field;
  if (!id) return;
  current = id;
  picked = null;
  panel.tell(hint(id));
  look(id);
  paint();
});
sheet.root.addEventListener("focusout", (event) => {
  if (event.target.dataset?.mode === "type") endTyping(true);
});
sheet.root.addEventListener("pointerover", (event) => {
  const id = event.target.dataset?.field;
  if (!id || event.pointerType === "touch") return;
  scan.hover(data.fields[id].page, data.fields[id].box);
  if (!typing()) look(id, true);
});
sheet.root.addEventListener("pointerleave", () => {
  scan.hover(null, null);
  if (current) look(current, true);
});
sheet.root.addEventListener("dblclick", (event) => event.target.dataset?.field && type());

function hint(id) {
  if (!writable) return "只读";
  const cell = review.cell(id);
  const { unit } = data.fields[id];
  if (unit && cell.value === null) return `按${unit}记：表头若是别的单位，请连单位键入，如 12${unit === "元" ? "万元" : "元"}`;
  if (cell.status !== "review") return "可直接键入更正";
  if (cell.choices.length) return cell.value === null ? "按数字键选候选，空格键入" : "Enter 确认所示读数，数字键选候选，空格键入";
  return "键入数字，/ 记空白，X 记原文无此项";
}

// ---------------------------------------------------------------- typing and deciding

function type(first = null) {
  if (!writable || current === null) return;
  const input = sheet.input(current);
  picked = null;
  input.dataset.mode = "type";
  input.readOnly = false;
  if (first !== null) input.value = first;
  else input.select();
  panel.tell("键入后按 Enter 确认，Esc 放弃");
  paint();
}

/** Leave the typing; `keep` sends what was typed if it says anything new. True where that is being done. */
function endTyping(keep) {
  const input = sheet.input(current);
  const [id, text] = [current, input.value.trim()];
  delete input.dataset.mode;
  input.readOnly = true;
  input.classList.remove("wrong");
  const cell = review.cell(id);
  const changed = keep && text !== "" && (text !== cell.text || cell.status === "review");
  input.value = changed ? text : cell.text;
  if (changed) decide("value", [id], text);
  else paint();
  return changed;
}

/** Enter: what the cell shows is what is printed. True where that settles it. */
function confirm() {
  if (typing()) {
    const input = sheet.input(current);
    if (input.value.trim() === "") return refuse("没有键入数字：空白单元格请按 Esc 再按 / ");
    endTyping(true);
    return true;
  }
  const cell = review.cell(current);
  if (picked) {
    const { text } = review.choice(current, picked);
    picked = null;
    decide(text === "" ? "blank" : "value", [current], text);
    return true;
  }
  if (cell.status !== "review") return true;
  if (cell.value === null) return refuse("没有读数可确认：请选候选、键入数字，或按 / 记空白");
  decide("value", [current], cell.text);
  return true;
}

function refuse(said) {
  panel.tell(said, true);
  return false;
}

/** Show a decision at once, and send it; the server's answer is what counts. */
function decide(kind, targets, text = "") {
  if (!writable) return;
  review.expect(kind, targets, text);
  waiting += 1;
  paint();
  const { revision } = data.report;
  line.add(() => send(`${address}/actions`, { kind, targets, text, sequence: review.state.sequence, revision }))
    .then((answer) => settle(answer, kind))
    .catch((error) => fail(error, kind, targets));
}

function settle(answer, kind) {
  waiting -= 1;
  review.settle(answer, waiting);
  paint();
  if (kind === "undo" && answer.undone?.length && sheet.input(answer.undone[0])) go(answer.undone[0]);
  if (review.state.finished && !waiting && kind !== "undo") finishing();
}

async function fail(error, kind, targets) {
  waiting -= 1;
  if (!(error instanceof Refusal)) throw error;
  if (error.status === 422) {
    review.settle(await (await fetch(`${address}/state`)).json(), 0);
    paint();
    if (targets.length && data.fields[targets[0]]) {
      go(targets[0]);
      sheet.input(targets[0]).classList.add("wrong");
    }
    panel.tell(error.message, true);
    return;
  }
  writable = false;
  const banner = find("#fault");
  banner.hidden = false;
  banner.querySelector("span").textContent = error.message;
  paint();
}

function act(name, detail) {
  const rest = {
    pick: () => pick(detail),
    type: () => type(),
    blank: () => decided("blank", [current]),
    missing: () => decided("missing", [current]),
    row_missing: () => decided("missing", sheet.row(current, review.open)),
    confirm: () => confirm() && onward(),
    undo: () => decide("undo", []),
    accept_all: () => review.state.accepted_all || decide("accept_all", []),
    source_error: () => sourceError(detail),
    go: () => go(review.lastOf(detail)),
    finish: () => finish(),
    help: () => find("#help").showModal(),
    heading: () => heading(),
  };
  rest[name]?.();
}

/** Ask for the agency's name and the year as they are printed. */
function heading() {
  const dialog = find("#headings");
  const inputs = ["organization", "year"].map((name) => dialog.querySelector(`[name=${name}]`));
  for (const input of inputs) input.value = review.state[input.name] ?? "";
  dialog.querySelector(".cancel").onclick = () => dialog.close("");
  // Not when the dialog has closed: that is told later, and a key that finishes the review may come before.
  dialog.querySelector("form").onsubmit = () => {
    for (const { name, value } of inputs) if (value !== String(review.state[name] ?? "")) decide("heading", [name], value);
  };
  dialog.showModal();
}

function decided(kind, targets) {
  if (!writable || current === null || !targets.length) return;
  if (typing()) endTyping(false);
  picked = null;
  decide(kind, targets);
  onward();
}

function pick(key) {
  if (!writable || !review.choice(current, key)) return;
  if (picked && picked !== key) {
    picked = null;
    panel.tell("连按了两个数字：要键入数字请先按空格；要选候选请再按一次", true);
  } else {
    picked = key;
    panel.tell("Enter 确认所选候选");
  }
  paint();
}

function sourceError(id) {
  const wanted = id ?? review.sumsOf(current).find((identity) => review.state.open_checks.includes(identity.id))?.id;
  if (!wanted || !writable) return;
  decide("source_error", [wanted], review.state.expressions[wanted]);
  onward();
}

async function finish() {
  if (find("#finish").disabled) return;
  find("#finish").disabled = true;
  const body = {
    revision: data.report.revision,
    sequence: review.state.sequence,
    keystrokes: meter.keystrokes,
    seconds: Math.round(meter.seconds),
  };
  try {
    const answer = await line.add(() => send(`${address}/accept`, body));
    writable = false;
    meter.forget();
    const done = find("#done");
    done.querySelector("p").textContent = answer.said;
    const next = done.querySelector("a.main-act");
    next.hidden = !answer.next;
    if (answer.next) next.href = answer.next;
    done.showModal();
    (answer.next ? next : done.querySelector("a:not(.main-act)")).focus();
  } catch (error) {
    await fail(Object.assign(error, { status: error.status === 422 ? 409 : error.status }), "accept", []);
  }
}

// ---------------------------------------------------------------- what people press

listen({
  typing,
  act,
  choiceOf: (key) => review.choice(current, key),
  confirm,
  endTyping,
  finish,
  go,
  onward,
  pick,
  type,
  writable: () => writable,
  choosing: () => review.cell(current).choices.length > 0,
  neighbour: (way) => sheet.neighbour(current, way),
  tell: (text) => panel.tell(text, true),
  /** The next unsure cell in the form's order, null where the form ends first. */
  ahead: (step) => {
    const next = sheet.beside(current, review.open, step);
    return next && (sheet.ids.indexOf(next) - sheet.ids.indexOf(current)) * step > 0 ? next : null;
  },
});

sheet.root.addEventListener("input", () => {
  const input = sheet.input(current);
  input.classList.remove("wrong");
  paint();
});
for (const button of document.querySelectorAll("[data-do-act]")) {
  button.addEventListener("click", () => act(button.dataset.doAct));
}

// ---------------------------------------------------------------- one person at a time

setInterval(async () => {
  if (document.hidden || (writable && meter.idle() > data.max_idle_seconds)) return;
  try {
    const { holder } = await send(`${address}/lease`, {});
    if (writable && holder) await fail(new Refusal(423, `${holder} 已接手核对这份报告；您此前的操作已保存`), "", []);
    else if (!writable && data.holder && !holder) location.reload();
  } catch {
    // the next action says what is wrong
  }
}, data.renewal_seconds * 1000);
addEventListener("pagehide", () => {
  if (writable) send(`${address}/release`, {}, { keepalive: true }).catch(() => {});
});

paint();
const first = review.open[0] ?? sheet.ids[0];
if (first) go(first);
document.body.dataset.ready = "yes";
