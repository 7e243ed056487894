// @ts-check
/** What a send would cost and whether it would go out, asked in advance. */
import { html, useEffect, useSignal } from "/static/html.js";
import { formatDateTime, formatMoney, t } from "/static/text.js";
import { Icon } from "/static/ui.js";
import { api } from "./api.js";
import { now } from "./clock.js";
import { Refusal } from "./parts.js";

/** @typedef {import("./api.js").Quote} Quote */
/** @typedef {{ state: "loading" | "error" } | { state: "ready", quote: Quote }} Asked */

/** A refusal that ends later than this is not waited for. */
const WAIT_MS_MAX = 3_600_000;
/** Pause before asking again after a failure, and for an instant given in whole seconds to have passed. */
const AGAIN_MS = 10_000;
const ROUNDED_MS = 1000;

/**
 * The quote for `draft`, asked again whenever `stamp` changes, and when a refusal is about to end ("one message in six
 * seconds"). The old answer stands until the new one is there.
 * @param {object} draft
 * @param {string} stamp
 * @returns {Asked}
 */
export function useQuote(draft, stamp) {
  const asked = useSignal(/** @type {Asked} */ ({ state: "loading" }));
  useEffect(() => {
    let current = true;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const ask = async () => {
      const told = await api.price(draft).then(ready, failed);
      if (!current) return;
      asked.value = told;
      const wait_ms = pause(told);
      if (wait_ms !== null) timer = setTimeout(ask, wait_ms);
    };
    ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [stamp]);
  return asked.value;
}

/** @param {Quote} quote @returns {Asked} */
const ready = (quote) => ({ state: "ready", quote });

/** @returns {Asked} */
const failed = () => ({ state: "error" });

/** When to ask again by itself, in milliseconds; null is never. @param {Asked} asked */
function pause(asked) {
  if (asked.state === "error") return AGAIN_MS;
  const next_at = refusalOf(asked)?.next_at;
  const wait_ms = next_at ? Date.parse(next_at) - now() + ROUNDED_MS : WAIT_MS_MAX;
  return wait_ms < WAIT_MS_MAX ? Math.max(ROUNDED_MS, wait_ms) : null;
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
      ${quote.waits_until && ` ${t("Waits until {time}.", { time: formatDateTime(quote.waits_until) })}`}
    </span>
  </p>`;
}
