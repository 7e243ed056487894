// @ts-check
/** The picture of revenue against annoyance: where policies lie that are known, and where the two that are compared do. */
import { html } from "/static/html.js";
import { t } from "/static/text.js";
import { figureShown, formatFine, lineWord } from "./policy_words.js";

/** @typedef {{ x: number, y: number }} Point */

const WIDE = 640;
const HIGH = 340;
const LEFT = 64;
const RIGHT = 64;
const TOP = 16;
const BOTTOM = 52;

/** Round numbers, about five, that span a stretch. @param {number} low @param {number} high */
export function ticks(low, high) {
  const raw = (high - low) / 4 || 1;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * unit).find((n) => n >= raw) ?? unit * 10;
  const found = [];
  for (let n = Math.ceil(low / step) * step; n <= high + step / 1000; n += step) found.push(Number(n.toPrecision(12)));
  return found;
}

/** @param {number[]} all */
function stretch(all) {
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return /** @type {[number, number]} */ ([Math.max(0, low - room), high + room]);
}

/** @param {{ ahead: import("./api.js").Ahead }} props */
export function Frontier({ ahead }) {
  const { frontier } = ahead;
  if (!frontier) return null;
  const lines = frontier.lines;
  const all = [...lines.flatMap((line) => line.points), frontier.now, frontier.then];
  const [x0, x1] = stretch(all.map((one) => one.x));
  const [y0, y1] = stretch([...all.map((one) => one.y), ahead.annoyance.low, ahead.annoyance.high, ...(ahead.budget === null ? [] : [ahead.budget])]);
  const x = (/** @type {number} */ n) => LEFT + ((n - x0) / (x1 - x0)) * (WIDE - LEFT - RIGHT);
  const y = (/** @type {number} */ n) => HIGH - BOTTOM - ((n - y0) / (y1 - y0)) * (HIGH - TOP - BOTTOM);
  const told = t("Revenue {now} now and {then} then; annoyance {calm} now and {loud} then.", {
    now: figureShown("revenue_now", frontier.now.x), then: figureShown("revenue_now", frontier.then.x),
    calm: formatFine(frontier.now.y), loud: formatFine(frontier.then.y),
  });
  return html`<figure class="frontier">
    <svg viewBox=${`0 0 ${WIDE} ${HIGH}`} role="img" aria-label=${`${t("Revenue against annoyance.")} ${told}`}>
      ${ticks(y0, y1).map((n) => html`<g key=${`y${n}`} class="tick"><line x1=${LEFT} x2=${WIDE - RIGHT} y1=${y(n)} y2=${y(n)} /><text x=${LEFT - 8} y=${y(n) + 5} text-anchor="end">${formatFine(n)}</text></g>`)}
      ${ticks(x0, x1).map((n) => html`<text key=${`x${n}`} class="tick" x=${x(n)} y=${HIGH - BOTTOM + 20} text-anchor="middle">${formatFine(n)}</text>`)}
      <text class="axis" x=${(LEFT + WIDE - RIGHT) / 2} y=${HIGH - 8} text-anchor="middle">${t("Revenue →")}</text>
      <text class="axis" x="16" y=${(TOP + HIGH - BOTTOM) / 2} text-anchor="middle" transform=${`rotate(-90 16 ${(TOP + HIGH - BOTTOM) / 2})`}>${t("Annoyance →")}</text>
      ${ahead.budget !== null && html`<g class="budget"><line x1=${LEFT} x2=${WIDE - RIGHT} y1=${y(ahead.budget)} y2=${y(ahead.budget)} /><text x=${LEFT + 6} y=${y(ahead.budget) - 6}>${t("Budget")}</text></g>`}
      ${lines.map(
        (line, place) => html`<g key=${line.name} class=${`line-${place + 1}`}>
          <polyline points=${line.points.map((one) => `${x(one.x)},${y(one.y)}`).join(" ")} />
          ${line.points.map((one, nth) => html`<circle key=${nth} cx=${x(one.x)} cy=${y(one.y)} r="3" />`)}
        </g>`,
      )}
      <line class="move" x1=${x(frontier.now.x)} y1=${y(frontier.now.y)} x2=${x(frontier.then.x)} y2=${y(frontier.then.y)} />
      <line class="bounds" x1=${x(frontier.then.x)} x2=${x(frontier.then.x)} y1=${y(ahead.annoyance.low)} y2=${y(ahead.annoyance.high)} />
      <circle class="now" cx=${x(frontier.now.x)} cy=${y(frontier.now.y)} r="7" />
      <text class="mark" x=${x(frontier.now.x) - 12} y=${y(frontier.now.y) + 5} text-anchor="end">${t("Now")}</text>
      <rect class="then" x=${x(frontier.then.x) - 7} y=${y(frontier.then.y) - 7} width="14" height="14" />
      <text class="mark" x=${x(frontier.then.x) + 12} y=${y(frontier.then.y) + 5}>${t("Then")}</text>
    </svg>
    <ul class="legend" aria-hidden="true">${lines.map((line, place) => html`<li key=${line.name} class=${`line-${place + 1}`}>${lineWord(line.name)}</li>`)}</ul>
    <figcaption class="quiet">${told}</figcaption>
  </figure>`;
}
