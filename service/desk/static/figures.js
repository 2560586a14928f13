// Figures as the server reads them, for previews only: exact decimals as whole numbers of 10^-4, no binary fractions.
// What this cannot read (units, notes) is null here and left to the server, which is the judge (extraction/figures.py).

const SCALE = 10000n;
const PLACES = 4;
const FIGURE = /^(?<sign>[-−–—+])?\s?(?<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?<part>[0-9]{1,4}))?$/;

/** The figure in a text as a BigInt of 10^-4, null where it is none, or not a plain one. */
export function parse(text) {
  const match = FIGURE.exec(text.normalize("NFKC").trim());
  if (!match) return null;
  const whole = match.groups.whole.replaceAll(",", "");
  if (/^0\d/.test(whole) || whole.length > 18) return null;
  const value = BigInt(whole) * SCALE + BigInt((match.groups.part ?? "").padEnd(PLACES, "0"));
  return match.groups.sign && match.groups.sign !== "+" ? -value : value;
}

/** As it is printed: without a needless point. */
export function show(value) {
  const sign = value < 0n ? "-" : "";
  const size = value < 0n ? -value : value;
  const part = String(size % SCALE).padStart(PLACES, "0").replace(/0+$/, "");
  return sign + String(size / SCALE) + (part ? `.${part}` : "");
}

/**
 * One sum over cells {value: BigInt | null, open: bool}: its state ("ok", "fail", "open", or "" where a cell is blank
 * or not there), and why it does not hold, in the words of service/review/replay.py.
 */
export function evaluate(identity, cellOf) {
  const sides = [identity.left.map(cellOf), identity.right.map(cellOf)];
  const unread = sides.flat().filter((cell) => cell.value === null);
  const expression = sides.map((side) => side.map(text).join(" + ")).join(" = ");
  if (unread.some((cell) => cell.open)) {
    return { state: "open", said: `尚缺 ${unread.length} 个数字，暂不能验算`, expression };
  }
  if (unread.length) return { state: "", said: "", expression };
  const [left, right] = sides.map((side) => side.reduce((sum, cell) => sum + cell.value, 0n));
  if (left === right) return { state: "ok", said: "", expression };
  const apart = left > right ? left - right : right - left;
  const [one, other] = [left, right].map((sum, k) =>
    sides[k].length > 1 ? `${sides[k].map(text).join(" + ")} = ${show(sum)}` : show(sum),
  );
  const said = `${one}，而右边 ${other}，相差 ${show(apart)}（左边${left > right ? "多" : "少"}）`;
  return { state: "fail", said, expression };
}

function text(cell) {
  if (cell.value === null) return cell.open ? "?" : "—";
  return cell.value < 0n ? `(${show(cell.value)})` : show(cell.value);
}
