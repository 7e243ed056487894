// @ts-check
/** Payments of all companies: looked for by state, company and what stands on them; and giving back what a provider took. */
import { html, signal, useSignal } from "/static/html.js";
import { formatDate, formatDateTime, formatMoney, t } from "/static/text.js";
import { Dialog, Empty, Icon, toast } from "/static/ui.js";
import { api } from "./api.js";
import { Chip } from "./money_contracts.js";
import { CompanyField, Fetched, Table } from "./money_parts.js";
import { PAYMENT_STATES, providerWord, whyNot } from "./money_words.js";

/** @typedef {import("./api.js").Payment} Payment */

const SEARCH_CHARS_MAX = 200;
/** Whose money went through the bank goes back by a booking by hand. */
const AT_THE_BANK = ["bank", "debit", "manual"];

const wanted = signal({ state: "", company: "", of: "" });
const rounds = signal(0);

/** @param {SubmitEvent} event */
function search(event) {
  event.preventDefault();
  const asked = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
  const text = (/** @type {string} */ name) => String(asked.get(name) ?? "").trim();
  wanted.value = { state: text("state"), company: text("company"), of: text("of") };
}

/** @param {{ ask: (one: Payment) => void }} props @returns {import("./money_parts.js").Column<Payment>[]} */
const columns = ({ ask }) => [
  { word: t("Company"), of: (one) => html`<strong>${one.name}</strong><span class="below quiet mono">${one.reference}</span>` },
  { word: t("State"), of: (one) => html`<${Chip} all=${PAYMENT_STATES} state=${one.state} />${one.why && html`<span class="below">${one.why}</span>`}` },
  { word: t("For"), of: (one) => html`${one.document ?? t("Balance")}<span class="below quiet">${providerWord(one.provider)}${one.automatic ? ` · ${t("automatic")}` : ""}</span>` },
  { word: t("Gross"), end: true, of: (one) => html`<strong>${formatMoney(one.gross_micros, one.currency)}</strong>` },
  { word: t("Net"), end: true, of: (one) => (one.document ? "–" : formatMoney(one.net_micros, one.currency)) },
  { word: t("Asked for"), of: (one) => html`<time dateTime=${one.created_at}>${formatDateTime(one.created_at)}</time>${one.due_on && html`<span class="below quiet">${t("due {day}", { day: formatDate(`${one.due_on}T12:00:00Z`) })}</span>`}` },
  { word: t("Ended"), of: (one) => html`<${Ended} one=${one} ask=${ask} />` },
];

/** @param {{ one: Payment, ask: (one: Payment) => void }} props */
const Ended = ({ one, ask }) => html`
  ${one.ended_at || one.settled_at ? formatDateTime(one.ended_at ?? one.settled_at ?? "") : "–"}
  ${
    one.state === "settled" &&
    !AT_THE_BANK.includes(one.provider) &&
    html`<span class="below"><button type="button" class="link" onClick=${() => ask(one)}>${t("Pay back")}<span class="unseen"> ${one.reference}</span></button></span>`
  }`;

export function Payments() {
  const asked = useSignal(/** @type {Payment | null} */ (null));
  const ask = (/** @type {Payment} */ one) => (asked.value = one);
  return html`
    <${Search} />
    <${Fetched} wanted=${`${JSON.stringify(wanted.value)} ${rounds.value}`} fetch=${() => api.payments(wanted.value)}>
      ${(/** @type {{ data: Payment[], more: boolean }} */ told) =>
        told.data.length === 0
          ? html`<${Empty} icon="wallet" title=${t("No payment found")} text=${t("A company asks for one when it tops up; an invoice waits for its own.")} />`
          : html`<${Table} label=${t("Payments")} columns=${columns({ ask })} rows=${told.data} name=${(/** @type {Payment} */ one) => one.id} />
              ${told.more && html`<p class="quiet">${t("The newest 200 are shown.")}</p>`}`}
    </${Fetched}>
    ${asked.value && html`<${PayBack} one=${asked.value} close=${() => (asked.value = null)} />`}
  `;
}

function Search() {
  const now = wanted.value;
  return html`<form class="search-form" role="search" onSubmit=${search} key=${JSON.stringify(now)}>
    <${CompanyField} id="payment-company" chosen=${now.company} />
    <div class="field">
      <label for="payment-state">${t("State")}</label>
      <select id="payment-state" name="state" class="input">
        <option value="">${t("All states")}</option>
        ${Object.entries(PAYMENT_STATES).map(([key, [, , word]]) => html`<option key=${key} value=${key} selected=${key === now.state}>${word()}</option>`)}
      </select>
    </div>
    <div class="field wide">
      <label for="payment-of">${t("Reference, document, order or IBAN")}</label>
      <input id="payment-of" name="of" class="input mono" maxlength=${SEARCH_CHARS_MAX} value=${now.of} autocomplete="off" spellcheck=${false} />
    </div>
    <button type="submit" class="button primary"><${Icon} name="search" />${t("Look up")}</button>
  </form>`;
}

/** @param {{ one: Payment, close: () => void }} props */
function PayBack({ one, close }) {
  const wrong = useSignal("");
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    try {
      await api.refund(one.id);
    } catch (error) {
      wrong.value = whyNot(error);
      return;
    }
    close();
    toast(t("The provider was asked. The balance goes down once it has told."));
    rounds.value += 1;
  };
  return html`<${Dialog} title=${t("Pay back {money}?", { money: formatMoney(one.gross_micros, one.currency) })} onClose=${close} footer=${html`
    <button type="button" class="button" onClick=${close}>${t("Cancel")}</button>
    <button type="submit" form="pay-back" class="button primary danger"><${Icon} name="undo-2" />${t("Pay back")}</button>`}>
    <form id="pay-back" class="stack" onSubmit=${send}>
      <p>${t("{name} gets back all of it; what it was credited leaves its balance, even below its limit.", { name: one.name })}</p>
      <p class="field-error" role="alert">${wrong.value}</p>
    </form>
  </${Dialog}>`;
}
