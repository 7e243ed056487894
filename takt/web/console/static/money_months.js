// @ts-check
/** The close of months: how far each contract's month is, and closing what is due. */
import { html, signal, useSignal } from "/static/html.js";
import { monthFrom, monthWords } from "/static/months.js";
import { categoryWord } from "/static/template_words.js";
import { formatDateTime, formatMoney, formatNumber, t, tn } from "/static/text.js";
import { Empty, Icon, IconButton, toast } from "/static/ui.js";
import { api } from "./api.js";
import { Chip } from "./money_contracts.js";
import { Fetched, Table, amount, fault } from "./money_parts.js";
import { MONTH_STATES } from "./money_words.js";
import * as state from "./state.js";

/** @typedef {import("./api.js").MonthOf} MonthOf */

/** The month that is looked at. */
const month = signal(monthFrom(-1));

/** @type {() => import("./money_parts.js").Column<MonthOf>[]} */
const columns = () => [
  { word: t("Company"), of: (one) => one.name },
  { word: t("State"), of: (one) => html`<${Chip} all=${MONTH_STATES} state=${one.state} />${one.fault && html`<span class="below wrong" lang="en">${one.fault}</span>`}` },
  { word: t("Used"), end: true, of: (one) => (one.used_micros === undefined ? "–" : formatMoney(one.used_micros, one.currency)) },
  { word: t("Net amount"), end: true, of: (one) => (one.net === undefined ? "–" : html`<strong>${amount(one.net, one.currency)}</strong>`) },
  { word: t("May be closed from"), of: (one) => html`<time dateTime=${one.due_at}>${formatDateTime(one.due_at)}</time>` },
];

export function Months() {
  const named = month.value;
  const rounds = useSignal(0);
  return html`
    <div class="month-line">
      <nav class="month" aria-label=${t("Month")}>
        <${IconButton} icon="chevron-left" label=${t("The month before")} onClick=${() => (month.value = monthFrom(-1, named))} />
        <h2 aria-live="polite">${monthWords(named)}</h2>
        <${IconButton} icon="chevron-right" label=${t("The month after")} disabled=${named >= monthFrom()} onClick=${() => (month.value = monthFrom(1, named))} />
      </nav>
      <${Close} key=${named} named=${named} done=${() => (rounds.value += 1)} />
    </div>
    <${Fetched} wanted=${`${named} ${rounds.value}`} fetch=${() => api.moneyMonths(named)}>
      ${(/** @type {{ contracts: MonthOf[] }} */ told) =>
        told.contracts.length === 0
          ? html`<${Empty} icon="clock" title=${t("No contract in this month")} text="" />`
          : html`<${Table} label=${monthWords(named)} columns=${columns()} rows=${told.contracts} name=${(/** @type {MonthOf} */ one) => one.contract} />`}
    </${Fetched}>
    <${Losses} named=${named} />
  `;
}

/** What was delivered too late to be charged, down to the messages. @param {{ named: string }} props */
function Losses({ named }) {
  const companies = [
    { word: t("Company"), of: (/** @type {any} */ one) => one.name },
    { word: t("Messages"), end: true, of: (/** @type {any} */ one) => formatNumber(one.messages) },
    { word: t("Lost"), end: true, of: (/** @type {any} */ one) => html`<strong>${formatMoney(one.micros, one.currency)}</strong>` },
  ];
  const messages = [
    { word: t("Message"), of: (/** @type {any} */ one) => html`<button type="button" class="link mono" onClick=${() => state.go("decisions", one.message)}>${one.message.slice(0, 24)}…</button>` },
    { word: t("Company"), of: (/** @type {any} */ one) => one.name },
    { word: t("What"), of: (/** @type {any} */ one) => `${categoryWord(one.category)}, ${one.market}` },
    { word: t("Delivered"), of: (/** @type {any} */ one) => html`<time dateTime=${one.delivered_at}>${formatDateTime(one.delivered_at)}</time>` },
    { word: t("Lost"), end: true, of: (/** @type {any} */ one) => formatMoney(one.micros, one.currency) },
  ];
  return html`<section class="stack" aria-labelledby="losses-title">
    <h2 id="losses-title">${t("Delivered too late to be charged")}</h2>
    <${Fetched} wanted=${named} fetch=${() => api.losses(named)}>
      ${(/** @type {import("./api.js").Losses} */ told) =>
        told.sums.length === 0
          ? html`<p class="quiet">${t("Nothing was lost in this month.")}</p>`
          : html`
              ${told.sums.map((one) =>
                one.alarm
                  ? html`<p key=${one.currency} class="banner danger" role="alert"><${Icon} name="triangle-alert" />${t("{money} were lost, more than {limit}: receipts come too late. Look at devices and queues.", { money: formatMoney(one.micros, one.currency), limit: formatMoney(one.alarm_micros, one.currency) })}</p>`
                  : html`<p key=${one.currency}>${t("{money} were lost.", { money: formatMoney(one.micros, one.currency) })}</p>`,
              )}
              <${Table} label=${t("Lost by company")} columns=${companies} rows=${told.companies} name=${(/** @type {any} */ one) => `${one.company} ${one.currency}`} />
              <details><summary>${t("The messages")}</summary>
                <${Table} label=${t("Messages that were not charged")} columns=${messages} rows=${told.messages} name=${(/** @type {any} */ one) => one.message} />
              </details>`}
    </${Fetched}>
  </section>`;
}

/** Most often it is only too early; what else is wrong is said in the words of the server. @param {{ one: import("./api.js").LeftOpen }} props */
const Why = ({ one }) =>
  new Date(one.due_at) > new Date() ? t("may be closed from {at} on", { at: formatDateTime(one.due_at) }) : html`<span lang="en">${one.why}</span>`;

/** @param {{ named: string, done: () => void }} props */
function Close({ named, done }) {
  const busy = useSignal(false);
  const left = useSignal(/** @type {import("./api.js").LeftOpen[]} */ ([]));
  const close = async () => {
    if (busy.value) return;
    busy.value = true;
    try {
      const told = await api.closeMonth(named);
      left.value = told.open;
      toast(told.closed.length ? tn("{n} month closed.", "{n} months closed.", told.closed.length) : t("There was nothing to close."));
      done();
    } catch (error) {
      toast(fault(error));
    }
    busy.value = false;
  };
  return html`
    <button type="button" class="button" aria-disabled=${busy.value} onClick=${close}><${Icon} name="lock" />${busy.value ? t("Closing …") : t("Close what is due")}</button>
    <div role="status" class="left-open">
      ${
        left.value.length > 0 &&
        html`<p>${tn("{n} month stays open:", "{n} months stay open:", left.value.length)}</p>
          <ul>${left.value.map((one) => html`<li key=${`${one.contract} ${one.month}`}>${one.name}, ${monthWords(one.month)}: <${Why} one=${one} /></li>`)}</ul>`
      }
    </div>
  `;
}
