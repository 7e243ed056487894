// @ts-check
/** Money: contracts, payments, the ledger, the close of months, invoices and rate cards, each a page below one entry. */
import { html } from "/static/html.js";
import { t } from "/static/text.js";
import { Bank } from "./money_bank.js";
import { Contracts } from "./money_contracts.js";
import { Cards } from "./money_cards.js";
import { ByHand } from "./money_hand.js";
import { Invoices } from "./money_invoices.js";
import { Ledger } from "./money_ledger.js";
import { Months } from "./money_months.js";
import { Counter } from "./money_parts.js";
import { Payments } from "./money_payments.js";
import { Suspense } from "./money_suspense.js";
import * as state from "./state.js";

/** @typedef {"contracts" | "payments" | "suspense" | "bank" | "hand" | "ledger" | "months" | "invoices" | "cards"} Sub */

const SUBS = /** @type {Record<Sub, { word: () => string, view: any }>} */ ({
  contracts: { word: () => t("Contracts"), view: Contracts },
  payments: { word: () => t("Payments"), view: Payments },
  suspense: { word: () => t("To clarify"), view: Suspense },
  bank: { word: () => t("Bank"), view: Bank },
  hand: { word: () => t("By hand"), view: ByHand },
  ledger: { word: () => t("Ledger"), view: Ledger },
  months: { word: () => t("Months"), view: Months },
  invoices: { word: () => t("Invoices"), view: Invoices },
  cards: { word: () => t("Rate cards"), view: Cards },
});

export function Money() {
  const sub = /** @type {Sub} */ (state.open.value && state.open.value in SUBS ? state.open.value : "contracts");
  return html`<section class="page money" aria-labelledby="page-title">
    <header class="pane-head"><h1 id="page-title" tabindex="-1">${t("Money")}</h1></header>
    <nav class="sub-pages" aria-label=${t("Pages about money")}>
      ${Object.entries(SUBS).map(([key, { word }]) => html`<${Entry} key=${key} to=${key} current=${key === sub} word=${word()} />`)}
    </nav>
    <${SUBS[sub].view} key=${sub} />
  </section>`;
}

/** @param {{ to: string, current: boolean, word: string }} props */
function Entry({ to, current, word }) {
  const show = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    state.go("money", to);
  };
  return html`<a href=${state.addressOf("money", to)} aria-current=${current ? "page" : undefined} onClick=${show}>${word}<${Counter} n=${state.moneyWaiting.value[to] ?? 0} /></a>`;
}
