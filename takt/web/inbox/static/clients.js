// @ts-check
/** What a partner sees of the companies that it sells to: what each used in a month, what it pays for that, what is left. */
import { html, useEffect, useSignal } from "/static/html.js";
import { formatMoney, formatNumber, t } from "/static/text.js";
import { api } from "./api.js";

/** Nothing for a company that sells to nobody. @param {{ named: string }} props */
export function Clients({ named }) {
  const told = useSignal(/** @type {import("./api.js").Clients | "failed" | null} */ (null));
  useEffect(() => {
    let current = true;
    told.value = null;
    api.clients(named).then(
      (found) => current && (told.value = found),
      () => current && (told.value = "failed"),
    );
    return () => {
      current = false;
    };
  }, [named]);
  const found = told.value;
  if (found === "failed") return html`<p class="quiet">${t("The clients could not be loaded.")}</p>`;
  if (found === null || found.data.length === 0) return null;
  return html`<div class="card stack clients">
    <h2 id="clients-title">${t("Your clients")}</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="clients-title">
      <table class="cost-table">
        <thead><tr><th scope="col">${t("Company")}</th><th scope="col">${t("Messages")}</th><th scope="col">${t("They pay you")}</th><th scope="col">${t("You pay")}</th><th scope="col">${t("Left to you")}</th><th scope="col">${t("Refused for want of your money")}</th></tr></thead>
        <tbody>
          ${found.data.map((one) => html`<${Client} key=${one.waba_id} one=${one} currency=${found.currency} />`)}
        </tbody>
        <tfoot><tr><th scope="row">${t("All")}</th><td>${formatNumber(found.total.messages)}</td><td>${formatMoney(found.total.retail_micros, found.currency)}</td><td>${formatMoney(found.total.wholesale_micros, found.currency)}</td><td>${formatMoney(found.total.margin_micros, found.currency)}</td><td></td></tr></tfoot>
      </table>
    </div>
    ${found.wholesale.map((one) => html`<${Wholesale} key=${one.card} one=${one} currency=${found.currency} />`)}
  </div>`;
}

/** What a wholesale card asks for beside messages. @param {{ one: import("./api.js").Clients["wholesale"][number], currency: string }} props */
const Wholesale = ({ one, currency }) => html`<section class="stack" aria-label=${t("Wholesale card {card}", { card: one.card })}>
  <h3>${t("Wholesale card {card}", { card: one.card })}</h3>
  <ul>
    ${one.fees.map((fee) => html`<li key=${fee.id}>${t("Fee “{name}” this month: {count} × {amount}", { name: fee.id, count: formatNumber(fee.quantity), amount: formatMoney(fee.micros / fee.quantity, currency) })}</li>`)}
    ${one.commitment && html`<li>${t("Minimum spend: {amount}, used so far: {used}", { amount: formatMoney(one.commitment.amount_micros, currency), used: formatMoney(one.commitment.filled_micros, currency) })}</li>`}
  </ul>
</section>`;

/** @param {{ one: import("./api.js").Clients["data"][number], currency: string }} props */
const Client = ({ one, currency }) => html`<tr>
  <th scope="row">${one.name}</th>
  <td>${formatNumber(one.messages)}</td>
  <td>${formatMoney(one.retail_micros, currency)}</td>
  <td>${formatMoney(one.wholesale_micros, currency)}</td>
  <td>${formatMoney(one.margin_micros, currency)}</td>
  <td>${one.refused === null ? t("too many to count") : formatNumber(one.refused)}</td>
</tr>`;
