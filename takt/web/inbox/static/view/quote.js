// @ts-check
/** What a send would cost and whether it would go out, asked in advance. */
import { html, useEffect, useSignal } from "/static/html.js";
import { formatMoney, t } from "/static/text.js";
import { Icon } from "/static/ui.js";
import { api } from "../api.js";
import { Refusal } from "./parts.js";

/** @typedef {import("../api.js").Quote} Quote */
/** @typedef {{ state: "loading" | "error" } | { state: "ready", quote: Quote }} Asked */

/**
 * The quote for `draft`, asked again whenever `stamp` changes; the old one stands until the new one is there.
 * @param {object | null} draft null asks nothing
 * @param {string} stamp
 */
export function useQuote(draft, stamp) {
  const asked = useSignal(/** @type {Asked} */ ({ state: "loading" }));
  useEffect(() => {
    if (!draft) return undefined;
    let current = true;
    api.price(draft).then(
      (quote) => {
        if (current) asked.value = { state: "ready", quote };
      },
      () => {
        if (current) asked.value = { state: "error" };
      },
    );
    return () => {
      current = false;
    };
  }, [stamp, draft === null]);
  return asked.value;
}

/** The reason why it would not go out now, or null. @param {Asked} asked */
export const refusalOf = (asked) => (asked.state === "ready" && !asked.quote.would_send ? asked.quote.reason : null);

/** The words on the send button: they say what pressing it costs. @param {Asked} asked */
export function sendWords(asked) {
  if (asked.state !== "ready") return t("Send");
  if (!asked.quote.would_send) return t("Cannot be sent now");
  if (asked.quote.free || asked.quote.micros === 0) return t("Send for free");
  return t("Send for {price}", { price: formatMoney(asked.quote.micros, asked.quote.currency) });
}

/**
 * The price with its reason, or why the message would be refused.
 * @param {{ asked: Asked, id: string }} props
 */
export function QuoteLine({ asked, id }) {
  if (asked.state !== "ready") {
    const words = asked.state === "loading" ? t("Asking for the price …") : t("The price is not known at the moment.");
    return html`<p class="quote-line quiet" id=${id}>${words}</p>`;
  }
  const { quote } = asked;
  if (!quote.would_send && quote.reason) return html`<div id=${id}><${Refusal} reason=${quote.reason} /></div>`;
  const free = quote.free || quote.micros === 0;
  return html`<p class=${`quote-line ${free ? "free" : "paid"}`} id=${id}>
    <${Icon} name=${free ? "check" : "coins"} />
    <span>
      <strong class="tabular">
        ${free ? t("Free") : t("Costs {price}", { price: formatMoney(quote.micros, quote.currency) })}
      </strong>
      ${quote.because && ` – ${quote.because}`}
    </span>
  </p>`;
}
