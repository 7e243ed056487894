// @ts-check
/** How to transfer money: the words for a form of the bank, and the same as a GiroCode for its app. */
import { html } from "/static/html.js";
import { formatMoney, t } from "/static/text.js";
import { api } from "./api.js";

/**
 * @param {{ payment: string, holder?: string, iban?: string, reference: string, micros: number, currency: string }} props
 *   `payment` is the id of the one that waits
 */
export const Transfer = ({ payment, holder, iban, reference, micros, currency }) => html`<p>${t("Please transfer {money}:", { money: formatMoney(micros, currency) })}</p>
  <dl class="fact-list">
    ${holder && html`<div><dt>${t("Holder")}</dt><dd>${holder}</dd></div>`}
    ${iban && html`<div><dt>IBAN</dt><dd class="mono">${iban}</dd></div>`}
    <div><dt>${t("Reference")}</dt><dd class="mono">${reference}</dd></div>
  </dl>
  ${
    iban &&
    currency === "EUR" &&
    html`<figure class="giro-code">
      <img src=${api.giroCodeAddress(payment)} width="164" height="164" alt=${t("GiroCode with this holder, IBAN, amount and reference")} />
      <figcaption class="quiet">${t("Or read this GiroCode with your bank's app.")}</figcaption>
    </figure>`
  }`;
