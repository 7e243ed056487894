// @ts-check
/** Amounts of money that people write, as whole micro-units. */
import { html } from "./html.js";
import { locale, t } from "./text.js";

/** 12 · 12,5 · 1234.50; three digits behind the mark might be meant as thousands, so they are none. */
const AMOUNT = /^(\d{1,9})(?:[.,](\d{1,2}|\d{4,6}))?$/;

/** Micro-units of an amount as people write it; null when it is none. @param {string} text */
export function microsOf(text) {
  const found = AMOUNT.exec(text.replace(/\s/gu, ""));
  return found ? Number(found[1]) * 1_000_000 + Number((found[2] ?? "").padEnd(6, "0")) : null;
}

/** An amount to be changed by hand; without the currency. @param {number | null | undefined} micros */
export const plainOf = (micros) =>
  micros === null || micros === undefined
    ? ""
    : (micros / 1_000_000).toLocaleString(locale(), { useGrouping: false, minimumFractionDigits: 2, maximumFractionDigits: 6 });

/** What is said of a text that is no amount. */
export const amountWish = () => t("Please write an amount such as {example}.", { example: plainOf(1234_500_000) });

/**
 * A field for an amount. `wrong` is what is wrong with it, `hint` what stands below.
 * @param {{ id: string, name: string, label: string, currency: string, value?: number | null, wrong?: string, hint?: string, required?: boolean }} props
 */
export const AmountField = ({ id, name, label, currency, value, wrong, hint, required = false }) => html`<div class="field">
  <label for=${id}>${label} (${currency})</label>
  <input
    id=${id}
    name=${name}
    class="input tabular"
    inputmode="decimal"
    autocomplete="off"
    maxlength="20"
    required=${required}
    defaultValue=${plainOf(value)}
    aria-invalid=${wrong ? "true" : undefined}
    aria-describedby=${wrong || hint ? `${id}-told` : undefined}
  />
  ${(wrong || hint) && html`<p id=${`${id}-told`} class=${wrong ? "field-error" : "quiet"}>${wrong || hint}</p>`}
</div>`;
