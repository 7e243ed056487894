// @ts-check
/** Documents of money: what was issued, what was given back of it, and the files themselves. */
import { CLAIM_STATES, ClaimState } from "/static/claims.js";
import { html, useSignal } from "/static/html.js";
import { spanWords } from "/static/months.js";
import { formatDate, t } from "/static/text.js";
import { Empty, Icon } from "/static/ui.js";
import { api } from "./api.js";
import { Fetched, Table, amount } from "./money_parts.js";
import { documentWord } from "./money_words.js";

/** @typedef {import("./api.js").Document} Document */

const day = (/** @type {string} */ text) => formatDate(`${text}T12:00:00Z`);

const isOpen = (/** @type {Document} */ one) => Number(one.open) > 0;

/** Where its payment is, and what was given back of it. @param {{ one: Document }} props */
function State({ one }) {
  const [credited, gross] = [Number(one.credited), Number(one.gross)];
  const back = credited > 0 && credited < gross;
  if (one.state !== null)
    return html`<${ClaimState} state=${one.state} />${back && html`<span class="below quiet">${t("{money} given back", { money: amount(one.credited, one.currency) })}</span>`}`;
  if (one.kind === "credit_note") return html`<span class="chip"><${Icon} name="undo-2" />${t("Gives back")}</span>`;
  if (credited === 0) return html`<span class="chip success"><${Icon} name="check" />${t("Issued")}</span>`;
  if (back) return html`<span class="chip warning"><${Icon} name="undo-2" />${t("{money} given back", { money: amount(one.credited, one.currency) })}</span>`;
  return html`<span class="chip"><${Icon} name="undo-2" />${t("Given back")}</span>`;
}

/** @param {{ one: Document }} props */
const Files = ({ one }) => html`<span class="files">
  ${(one.kind === "statement" ? ["pdf"] : ["pdf", "ubl", "cii"]).map(
    (form) =>
      html`<a key=${form} href=${api.documentAddress(one.number, form)} download aria-label=${t("Download {number} as {form}", { number: one.number, form: FORMS[form] })}>
        <${Icon} name="download" />${FORMS[form]}
      </a>`,
  )}
</span>`;

const FORMS = /** @type {Record<string, string>} */ ({ pdf: "PDF", ubl: "XRechnung", cii: "Factur-X" });

/** @type {() => import("./money_parts.js").Column<Document>[]} */
const columns = () => [
  { word: t("Document number"), of: (one) => html`<strong class="whole">${one.number}</strong><span class="below quiet">${documentWord(one.kind)}</span>` },
  { word: t("Company"), of: (one) => one.name },
  { word: t("State"), of: (one) => html`<${State} one=${one} />` },
  { word: t("Gross"), end: true, of: (one) => html`<strong>${amount(one.gross, one.currency)}</strong>` },
  { word: t("To pay"), end: true, of: (one) => (isOpen(one) ? amount(one.open, one.currency) : "–") },
  { word: t("Service"), of: (one) => spanWords(one.period.from, one.period.to) },
  { word: t("Issued on"), of: (one) => day(one.issued_on) },
  { word: t("Due on"), of: (one) => (one.state === null ? "–" : day(one.due_on)) },
  { word: t("Files"), of: (one) => html`<${Files} one=${one} />` },
];

export function Invoices() {
  const wanted = useSignal("");
  return html`
    <div class="field">
      <label for="claim-state">${t("State")}</label>
      <select id="claim-state" class="input" onChange=${(/** @type {any} */ event) => (wanted.value = event.currentTarget.value)}>
        <option value="">${t("All documents")}</option>
        <option value="open">${t("Everything that is still to be paid")}</option>
        ${Object.entries(CLAIM_STATES).map(([name, [, , word]]) => html`<option key=${name} value=${name}>${word()}</option>`)}
      </select>
    </div>
    <${Fetched} wanted=${`invoices ${wanted.value}`} fetch=${() => api.invoices(wanted.value)}>
      ${(/** @type {{ invoices: Document[] }} */ told) =>
        told.invoices.length > 0
          ? html`<${Table} label=${t("Invoices")} columns=${columns()} rows=${told.invoices} name=${(/** @type {Document} */ one) => one.id} />`
          : wanted.value
            ? html`<${Empty} icon="receipt-text" title=${t("No document is in this state")} text="" />`
            : html`<${Empty} icon="receipt-text" title=${t("No document yet")} text=${t("Once a month is closed and legal data is there, its documents appear here.")} />`}
    </${Fetched}>`;
}
