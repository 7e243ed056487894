// @ts-check
/** The company's documents: what they ask for, where their payment is, and how to pay what is open. */
import { ClaimState } from "/static/claims.js";
import { html, useEffect, useSignal } from "/static/html.js";
import { formatDate, formatMoney, t } from "/static/text.js";
import { Icon } from "/static/ui.js";
import { api } from "./api.js";
import { Transfer } from "./transfer.js";

/** @typedef {import("./api.js").Invoice} Invoice */
/** @typedef {import("./api.js").Payments} Payments */

const KINDS = /** @type {Record<string, () => string>} */ ({
  invoice: () => t("Invoice"),
  credit_note: () => t("Credit note"),
  advance: () => t("Advance invoice"),
  statement: () => t("Statement of usage"),
});

/** @param {string} amount 12.30 @param {string} currency */
const plainMoney = (amount, currency) => formatMoney(Math.round(Number(amount) * 1_000_000), currency);

export function Invoices() {
  const told = useSignal(/** @type {{ data: Invoice[], paying: Payments } | "failed" | null} */ (null));
  useEffect(() => {
    Promise.all([api.documents(), api.payments()]).then(
      ([{ data }, paying]) => (told.value = { data, paying }),
      () => (told.value = "failed"),
    );
  }, []);
  const found = told.value;
  return html`<section class="card stack" aria-labelledby="invoices-title">
    <h2 id="invoices-title">${t("Invoices")}</h2>
    ${found === "failed" && html`<p class="quiet">${t("The invoices could not be loaded.")}</p>`}
    ${found && found !== "failed" && found.data.length === 0 && html`<p class="quiet">${t("None yet.")}</p>`}
    ${
      found &&
      found !== "failed" &&
      found.data.length > 0 &&
      html`<ul class="invoices">
        ${found.data.map(
          (one) => html`<li key=${one.id}>
            <span><strong>${one.number}</strong> <span class="quiet">${KINDS[one.kind]?.() ?? one.kind}, ${formatDate(`${one.issued_on}T12:00:00Z`)}</span></span>
            <span class="tabular">${plainMoney(one.gross, one.currency)}</span>
            ${one.state !== null && html`<${Claim} one=${one} />`}
            <span class="tags">
              <a class="button" href=${api.documentAddress(one.id, "pdf")} download><${Icon} name="download" />PDF<span class="unseen"> ${one.number}</span></a>
              ${one.kind !== "statement" && html`<a class="button" href=${api.documentAddress(one.id, "ubl")} download><${Icon} name="download" />XML<span class="unseen"> ${one.number}</span></a>`}
            </span>
            <${Pay} one=${one} paying=${found.paying} />
          </li>`,
        )}
      </ul>`
    }
  </section>`;
}

/** Where its payment is, and what is to be paid until when. @param {{ one: Invoice }} props */
const Claim = ({ one }) => html`<span class="tags">
  <${ClaimState} state=${one.state} />
  ${Number(one.open) > 0 && html`<span class="quiet">${t("{money} to be paid until {day}", { money: plainMoney(one.open, one.currency), day: formatDate(`${one.due_on}T12:00:00Z`) })}</span>`}
</span>`;

/** How to transfer what is open; nothing where no transfer is waited for. @param {{ one: Invoice, paying: Payments }} props */
function Pay({ one, paying }) {
  const waits = paying.data.find((payment) => payment.document === one.number && payment.state === "initiated" && payment.provider === "bank");
  if (!waits || !paying.to) return null;
  return html`<details>
    <summary>${t("How to pay")}<span class="unseen"> ${one.number}</span></summary>
    <${Transfer} payment=${waits.id} ...${paying.to} reference=${one.number} micros=${waits.gross_micros} currency=${waits.currency} />
  </details>`;
}
