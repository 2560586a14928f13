// The scan: one page at a time, the box of the cell in hand on it, and the cell itself enlarged.

const MARGIN = 26; // points around a cell that are shown with it
const ZOOMS = [0.6, 0.8, 1, 1.3, 1.7, 2.2, 3];

export class Scan {
  #pages;
  #shown = null;
  #zoom = 2;
  #pictures = new Map();

  /** `pages` have a number, width and height in points, and the address of a picture; `onPick(page, x, y)`. */
  constructor(root, pages, onPick) {
    this.root = root;
    this.#pages = new Map(pages.map((page) => [page.number, page]));
    if (!pages.length) return;
    this.view = root.querySelector(".scan-view");
    this.sheet = root.querySelector(".sheet");
    this.image = root.querySelector(".sheet img");
    this.box = root.querySelector(".box.focus");
    this.hoverBox = root.querySelector(".box.hover");
    root.querySelector("[data-do=before]").addEventListener("click", () => this.show(this.#shown - 1));
    root.querySelector("[data-do=after]").addEventListener("click", () => this.show(this.#shown + 1));
    root.querySelector("[data-do=in]").addEventListener("click", () => this.zoom(1));
    root.querySelector("[data-do=out]").addEventListener("click", () => this.zoom(-1));
    this.sheet.addEventListener("click", (event) => {
      const page = this.#pages.get(this.#shown);
      const area = this.sheet.getBoundingClientRect();
      const [x, y] = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
      onPick(this.#shown, x * page.width, y * page.height);
    });
    new ResizeObserver(() => this.#size()).observe(this.view);
    this.show(pages[0].number);
  }

  show(number) {
    const page = this.#pages.get(number);
    if (!page || number === this.#shown) return;
    this.#shown = number;
    this.image.src = page.picture;
    this.image.alt = `扫描件第 ${number} 页`;
    this.root.querySelector(".page-number").textContent = `第 ${number} / ${this.#pages.size} 页`;
    this.root.querySelector("[data-do=before]").disabled = !this.#pages.has(number - 1);
    this.root.querySelector("[data-do=after]").disabled = !this.#pages.has(number + 1);
    this.box.hidden = this.hoverBox.hidden = true;
    this.#size();
    this.#load(number + 1);
  }

  zoom(by) {
    this.#zoom = Math.max(0, Math.min(ZOOMS.length - 1, this.#zoom + by));
    this.#size();
    if (!this.box.hidden) this.box.scrollIntoView({ block: "center", inline: "center" });
  }

  /** Show where a cell is: its page, its box in the middle of the view. */
  point(page, box) {
    if (!this.view) return;
    if (page) this.show(page);
    this.box.hidden = !box;
    if (!box) return;
    this.#place(this.box, page, box);
    const [view, area] = [this.view.getBoundingClientRect(), this.box.getBoundingClientRect()];
    this.view.scrollBy({
      left: area.left + area.width / 2 - view.left - view.width / 2,
      top: area.top + area.height / 2 - view.top - view.height / 2,
    });
  }

  /** Show a second box, of the cell under the pointer, if it is on this page. */
  hover(page, box) {
    if (!this.view) return;
    this.hoverBox.hidden = !(box && page === this.#shown);
    if (!this.hoverBox.hidden) this.#place(this.hoverBox, page, box);
  }

  /** Draw a cell and a little around it, as large as the canvas allows. False where it has no place on a page. */
  async crop(canvas, page, box) {
    const paper = this.#pages.get(page);
    const wanted = (canvas.dataset.wanted = `${page}:${box}`);
    const pen = canvas.getContext("2d");
    const area = canvas.getBoundingClientRect();
    const dense = window.devicePixelRatio || 1;
    if (area.width) [canvas.width, canvas.height] = [Math.round(area.width * dense), Math.round(area.height * dense)];
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (!paper || !box) return false;
    const picture = await this.#load(page);
    if (!picture || canvas.dataset.wanted !== wanted) return false;
    const perPoint = picture.naturalWidth / paper.width;
    const [left, top, right, bottom] = box;
    // As much around the cell as fills the canvas in its own proportions.
    const scale = Math.min(
      canvas.width / ((right - left + 2 * MARGIN) * perPoint),
      canvas.height / ((bottom - top + MARGIN) * perPoint),
    );
    const [width, height] = [canvas.width / scale, canvas.height / scale];
    const x = ((left + right) / 2) * perPoint - width / 2;
    const y = ((top + bottom) / 2) * perPoint - height / 2;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
    pen.strokeStyle = "#1769c2";
    pen.lineWidth = 2 * dense;
    pen.strokeRect(
      (left * perPoint - x) * scale,
      (top * perPoint - y) * scale,
      (right - left) * perPoint * scale,
      (bottom - top) * perPoint * scale,
    );
    return true;
  }

  #place(element, number, [left, top, right, bottom]) {
    const page = this.#pages.get(number);
    element.style.left = `${(100 * left) / page.width}%`;
    element.style.top = `${(100 * top) / page.height}%`;
    element.style.width = `${(100 * (right - left)) / page.width}%`;
    element.style.height = `${(100 * (bottom - top)) / page.height}%`;
  }

  #size() {
    const page = this.#pages.get(this.#shown);
    const width = (this.view.clientWidth - 20) * ZOOMS[this.#zoom];
    this.sheet.style.width = `${width}px`;
    this.sheet.style.height = `${(width * page.height) / page.width}px`;
  }

  #load(number) {
    const page = this.#pages.get(number);
    if (!page) return Promise.resolve(null);
    if (!this.#pictures.has(number)) {
      const picture = new Image();
      picture.src = page.picture;
      this.#pictures.set(number, picture.decode().then(() => picture, () => null));
    }
    return this.#pictures.get(number);
  }
}
