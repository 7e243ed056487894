// @ts-check
/** The ledger: its newest entries, looked for by company, kind, day or message, each with its place in the chain. */
import { html, signal } from "/static/html.js";
import { formatDateTime, formatMoney, t } from "/static/text.js";
import { Empty, Icon } from "/static/ui.js";
import { api } from "./api.js";
import { CompanyField, Fetched, Table } from "./money_parts.js";
import { KIND_NAMES, accountWord, kindWord } from "./money_words.js";

/** @typedef {import("./api.js").Booked} Booked */

const MESSAGE_CHARS_MAX = 256;
const HASH_CHARS = 12;

/** What is looked for. */
export const wanted = signal({ company: "", kind: "", day: "", message: "" });

/** @param {SubmitEvent} event */
function search(event) {
  event.preventDefault();
  const asked = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
  const text = (/** @type {string} */ name) => String(asked.get(name) ?? "").trim();
  wanted.value = { company: text("company"), kind: text("kind"), day: text("day"), message: text("message") };
}

export const Ledger = () => html`
  <${Search} />
  <${Fetched} wanted=${JSON.stringify(wanted.value)} fetch=${() => api.entries(wanted.value)}>
    ${(/** @type {{ entries: Booked[], more: boolean }} */ told) => html`<${Found} told=${told} />`}
  </${Fetched}>
`;

function Search() {
  const now = wanted.value;
  return html`<form class="search-form" role="search" onSubmit=${search} key=${JSON.stringify(now)}>
    <${CompanyField} id="entry-company" chosen=${now.company} />
    <div class="field">
      <label for="entry-kind">${t("Kind")}</label>
      <select id="entry-kind" name="kind" class="input">
        <option value="">${t("All kinds")}</option>
        ${KIND_NAMES.map((one) => html`<option key=${one} value=${one} selected=${one === now.kind}>${kindWord(one)}</option>`)}
      </select>
    </div>
    <div class="field">
      <label for="entry-day">${t("Day (UTC)")}</label>
      <input id="entry-day" name="day" type="date" class="input" value=${now.day} />
    </div>
    <div class="field wide">
      <label for="entry-message">${t("Message id")}</label>
      <input id="entry-message" name="message" class="input mono" maxlength=${MESSAGE_CHARS_MAX} value=${now.message} autocomplete="off" spellcheck=${false} />
    </div>
    <button type="submit" class="button primary"><${Icon} name="search" />${t("Look up")}</button>
  </form>`;
}

/** @param {{ told: { entries: Booked[], more: boolean } }} props */
const Found = ({ told }) =>
  told.entries.length === 0
    ? html`<${Empty} icon="search" title=${t("No entry found")} text=${t("Free messages leave none. Without a day, the last 31 days are looked through.")} />`
    : html`<${Table} label=${t("Entries")} columns=${columns()} rows=${told.entries} name=${(/** @type {Booked} */ one) => `${one.contract} ${one.entry} ${one.leg}`} />
        ${told.more && html`<p class="quiet">${t("The newest 200 are shown.")}</p>`}`;

/** @type {() => import("./money_parts.js").Column<Booked>[]} */
const columns = () => [
  { word: t("What"), of: (one) => html`<strong>${kindWord(one.kind)}</strong>${one.note && html`<span class="below">${one.note}</span>`}<span class="below quiet mono">${one.message ?? one.entry}</span>` },
  { word: t("Company"), of: (one) => one.name },
  { word: t("From and to"), of: (one) => html`${accountWord(one.debit)} → ${accountWord(one.credit)}` },
  { word: t("Amount"), end: true, of: (one) => html`<strong>${formatMoney(one.amount_micros, one.currency)}</strong>` },
  { word: t("Booked"), of: (one) => html`<time dateTime=${one.booked_at}>${formatDateTime(one.booked_at)}</time>` },
  { word: t("Place in the chain"), of: (one) => html`<${Place} chain=${one.chain} />` },
];

/** @param {{ chain: Booked["chain"] }} props */
const Place = ({ chain }) =>
  chain === null
    ? t("before the chain")
    : html`${t("Part {part}, batch {batch}", chain)}<span class="below quiet mono" title=${chain.hash}>${chain.hash.slice(0, HASH_CHARS)}…</span>`;
