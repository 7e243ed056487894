// @ts-check
/** What the codes about money are called. */
import { t } from "/static/text.js";
import { categoryWord } from "./words.js";

/** @param {Record<string, () => string>} words @returns {(code: string) => string} what is unknown stays as it is */
const known = (words) => (code) => words[code]?.() ?? code;

const KINDS = {
  capture: () => t("Message"),
  late: () => t("Message, delivered late"),
  refund: () => t("Given back"),
  reversal: () => t("Taken back"),
  top_up: () => t("Top-up"),
  grant: () => t("Grant"),
  breakage: () => t("Grant lapsed"),
  void: () => t("Grant voided"),
  fee: () => t("Recurring fee"),
  true_up: () => t("Minimum spend"),
  invoice: () => t("Invoice"),
  credit_note: () => t("Credit note"),
  payment: () => t("Payment"),
  return: () => t("Returned payment"),
  tax: () => t("Tax"),
  rounding: () => t("Rounding"),
  write_off: () => t("Written off"),
  lease: () => t("Lease"),
  adjustment: () => t("Adjustment"),
};

export const KIND_NAMES = Object.keys(KINDS);
export const kindWord = known(KINDS);

const plainAccount = known({
  spend: () => t("Balance"),
  receivable: () => t("Receivable"),
  bank: () => t("Bank"),
  breakage: () => t("Lapsed"),
  rounding: () => t("Rounding"),
  loss: () => t("Loss"),
  suspense: () => t("Suspense"),
  marketing: () => t("Marketing costs"),
  adjustment: () => t("Adjustment"),
  revenue: () => t("Revenue"),
});

const NAMED = /** @type {Record<string, (rest: string) => string>} */ ({
  revenue: (rest) => t("Revenue: {what}", { what: rest === "fees" ? t("Recurring fee") : categoryWord(rest) }),
  tax: (rest) => t("Tax {percent} %", { percent: Number(rest) / 100 }),
  grant: (rest) => t("Grant {id}", { id: rest.slice(0, 8) }),
  clearing: (rest) => t("Clearing {provider}", { provider: rest }),
  lease: (rest) => t("Lease {id}", { id: rest.slice(0, 8) }),
});

/** @param {string} name spend, revenue:utility */
export function accountWord(name) {
  const at = name.indexOf(":");
  return at < 0 ? plainAccount(name) : (NAMED[name.slice(0, at)]?.(name.slice(at + 1)) ?? name);
}

export const stageWord = known({
  applied: () => t("Applied"),
  pilot: () => t("Pilot"),
  live: () => t("Live"),
  paused: () => t("Paused"),
});

/** Tone, icon and word of a contract's state. @type {Record<string, [string, string, () => string]>} */
export const CONTRACT_STATES = {
  open: ["success", "check", () => t("May spend")],
  empty: ["warning", "circle-alert", () => t("Nothing left")],
  beyond: ["danger", "triangle-alert", () => t("Beyond its limit")],
};

/** The same of a month. @type {Record<string, [string, string, () => string]>} */
export const MONTH_STATES = {
  open: ["info", "clock", () => t("Open")],
  empty: ["", "minus", () => t("Nothing to pay")],
  frozen: ["warning", "lock", () => t("Lines fixed")],
  issued: ["success", "check", () => t("Document issued")],
};

export const documentWord = known({
  invoice: () => t("Invoice"),
  credit_note: () => t("Credit note"),
  advance: () => t("Advance invoice"),
  statement: () => t("Statement"),
});
