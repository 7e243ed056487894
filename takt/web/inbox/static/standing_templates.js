// @ts-check
/** Templates that somebody decided against: what was decided, why, until when, and what the company says to that. */
import { html } from "/static/html.js";
import { categoryWord, reasonWord } from "/static/template_words.js";
import { formatDateTime, t } from "/static/text.js";
import { api } from "./api.js";
import { Say } from "./say.js";

/** @typedef {import("./api.js").Stands} Stands */
/** @typedef {import("./api.js").DoubtedTemplate} DoubtedTemplate */
/** @typedef {import("./say.js").Told} Told */

const STATUSES = /** @type {Record<string, [string, () => string]>} */ ({
  APPROVED: ["warning", () => t("approved in another category")],
  FLAGGED: ["warning", () => t("flagged: may still be sent")],
  PAUSED: ["warning", () => t("paused")],
  IN_APPEAL: ["warning", () => t("appealed")],
  LOCKED: ["danger", () => t("locked")],
  REJECTED: ["danger", () => t("rejected")],
  DISABLED: ["danger", () => t("disabled")],
});

/** @param {{ of: Stands, told: Told }} props */
export const Doubted = ({ of, told }) => html`<section class="card stack" aria-labelledby="doubted-title">
  <h2 id="doubted-title">${t("Templates with a decision against them")}</h2>
  <ul class="cases">${of.templates.map((one) => html`<${Template} key=${one.template} one=${one} may=${of.may_act} told=${told} />`)}</ul>
</section>`;

/** @param {{ one: DoubtedTemplate, may: boolean, told: Told }} props */
function Template({ one, may, told }) {
  const [tone, word] = STATUSES[one.status] ?? ["", () => one.status];
  return html`<li class="stack tight">
    <h3>${one.name} <span class="quiet">${one.language}</span></h3>
    <p>
      <span class=${`chip ${tone}`}>${word()}</span>${" "}
      ${one.decided_at && html`<span class="quiet">${t("since {date}", { date: formatDateTime(one.decided_at) })}${one.resumes_at && ` · ${t("until {date}", { date: formatDateTime(one.resumes_at) })}`}</span>`}
    </p>
    ${one.right_category && html`<p>${t("Read as {right}, declared as {declared}.", { right: categoryWord(one.right_category), declared: categoryWord(one.declared_category) })}</p>`}
    ${one.reason !== "NONE" && html`<p>${t("Reason: {words}", { words: reasonWord(one.reason) })}</p>`}
    ${one.note && html`<p>${t("Reason: {words}", { words: one.note })}</p>`}
    ${one.appeal && html`<p>${t("You appealed: {words}", { words: one.appeal })}</p>`}
    ${one.status === "IN_APPEAL" && html`<p class="quiet">${t("A person will look at it.")}</p>`}
    ${
      one.may_appeal &&
      html`${one.appeal_until && html`<p class="quiet">${t("Objections until {date}", { date: formatDateTime(one.appeal_until) })}</p>`}
        ${may && html`<${Say} id=${`template-${one.template}`} label=${t("Why the decision is wrong")} act=${t("Appeal")} send=${(/** @type {string} */ words) => api.appealTemplate(one.template, words)} told=${told} />`}`
    }
  </li>`;
}
