// @ts-check
/** Contracts: what each company has, may spend and has set aside; each with a page of its own. */
import { html, signal } from "/static/html.js";
import { monthWords } from "/static/months.js";
import { formatMoney, t } from "/static/text.js";
import { Empty, Icon } from "/static/ui.js";
import { api } from "./api.js";
import { Contract, OwnLegal } from "./money_contract.js";
import { wanted } from "./money_ledger.js";
import { Fetched, Table } from "./money_parts.js";
import { CONTRACT_STATES, stageWord } from "./money_words.js";
import * as state from "./state.js";

/** @typedef {import("./api.js").Contract} Contract */

/** The company whose contract is open; none: all of them. */
const opened = signal("");

/** A state with its colour, its icon and its word. @param {{ all: Record<string, [string, string, () => string]>, state: string }} props */
export function Chip({ all, state: now }) {
  const [tone, icon, word] = all[now] ?? ["", "info", () => now];
  return html`<span class=${`chip ${tone}`}><${Icon} name=${icon} />${word()}</span>`;
}

/** @param {Contract} one */
function lookAtEntries(one) {
  wanted.value = { company: one.company, kind: "", day: "", message: "" };
  state.go("money", "ledger");
}

const columns = () => [
  { word: t("Company"), of: (/** @type {Contract} */ one) => html`<button type="button" class="link" onClick=${() => (opened.value = one.company)}>${one.name}</button> <span class="quiet">${stageWord(one.stage)}</span>${one.asks && html`<span class="below"><span class="chip warning"><${Icon} name="clock" />${t("Asks for other legal data")}</span></span>`}` },
  { word: t("State"), of: (/** @type {Contract} */ one) => html`<${Chip} all=${CONTRACT_STATES} state=${one.state} />` },
  { word: t("Available"), end: true, of: (/** @type {Contract} */ one) => html`<strong>${formatMoney(one.available_micros, one.currency)}</strong>` },
  { word: t("Balance"), end: true, of: (/** @type {Contract} */ one) => html`<button type="button" class="link" onClick=${() => lookAtEntries(one)}>${formatMoney(one.balance_micros, one.currency)}<span class="unseen"> ${t("Entries of {name}", one)}</span></button>` },
  { word: t("Reserved"), end: true, of: (/** @type {Contract} */ one) => formatMoney(one.held_micros, one.currency) },
  { word: t("Limit"), end: true, of: (/** @type {Contract} */ one) => (one.limit_micros ? formatMoney(one.limit_micros, one.currency) : t("prepaid")) },
  { word: t("Rate card"), of: (/** @type {Contract} */ one) => t("{card}, version {version}", one) },
  { word: t("Closed up to"), of: (/** @type {Contract} */ one) => (one.month_closed ? monthWords(one.month_closed) : "–") },
];

export const Contracts = () => (opened.value ? html`<${Contract} company=${opened.value} back=${() => (opened.value = "")} />` : html`<${All} /><${OwnLegal} />`);

const All = () =>
  html`<${Fetched} wanted="contracts" fetch=${api.contracts}>
    ${(/** @type {{ contracts: Contract[] }} */ told) =>
      told.contracts.length === 0
        ? html`<${Empty} icon="coins" title=${t("No contract yet")} text=${t("Each company has one from its registration on.")} />`
        : html`<${Table} label=${t("Contracts")} columns=${columns()} rows=${told.contracts} name=${(/** @type {Contract} */ one) => one.contract} />`}
  </${Fetched}>`;
