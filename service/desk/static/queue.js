// Uploads, and how far the reading of each file is. Without this script the queue is a plain list.

const CSRF = document.querySelector('meta[name="csrf"]').content;
const STATES = { waiting: "排队中", running: "识读中", done: "✓ 已读", failed: "✗ 失败" };
const form = document.getElementById("upload");

if (form) {
  const list = form.querySelector(".jobs");
  const input = form.querySelector("input[type=file]");

  input.addEventListener("change", () => {
    const names = [...input.files].map((file) => file.name);
    form.querySelector(".chosen").textContent = names.length > 3 ? `${names.length} 个文件` : names.join("、");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) upload([...input.files]);
  });
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle("over", over);
      if (name === "drop" && event.dataTransfer.files.length) upload([...event.dataTransfer.files]);
    });
  }

  async function upload(files) {
    const body = new FormData();
    for (const file of files) body.append("files", file);
    say(`正在上传 ${files.length} 个文件…`);
    const answer = await fetch("/api/documents", { method: "POST", body, headers: { "X-CSRF-Token": CSRF } })
      .catch(() => null);
    const said = await answer?.json().catch(() => null);
    if (!answer?.ok) return say(`✗ 上传未成功：${said?.detail ?? "连接中断"}`);
    input.value = "";
    form.querySelector(".chosen").textContent = "";
    list.replaceChildren();
    for (const refused of said.refused) line(`✗ ${refused.name}：${refused.error}`);
    const lines = said.documents.map((document) => ({ document, ...line(document.name) }));
    for (const one of lines) follow(one);
  }

  /** Ask for a document until its reading has ended, then say where its report is. */
  async function follow({ document: known, text, bar, place }) {
    for (;;) {
      const answer = await fetch(`/api/documents/${known.id}`).catch(() => null);
      const found = await answer?.json().catch(() => null);
      const job = found?.job;
      if (job) {
        text.textContent = `${known.name}：${STATES[job.state]}${job.state === "failed" ? `（${job.error}）` : ""}`;
        bar.hidden = job.state !== "running" || !job.pages;
        if (job.pages) [bar.max, bar.value] = [job.pages, job.page];
        if (job.state === "done" || job.state === "failed") {
          if (found.report_id) place.append(link(`/desk/reports/${found.report_id}`, "核对这一份"));
          return;
        }
      }
      await new Promise((done) => setTimeout(done, 1000));
    }
  }

  function line(said) {
    const [item, text, bar, place] = ["li", "span", "progress", "span"].map((name) => document.createElement(name));
    text.textContent = said;
    bar.hidden = true;
    item.append(text, bar, place);
    list.append(item);
    return { text, bar, place };
  }

  function say(text) {
    list.replaceChildren();
    line(text);
  }

  function link(address, name) {
    const made = document.createElement("a");
    made.href = address;
    made.className = "button";
    made.textContent = name;
    return made;
  }
}
