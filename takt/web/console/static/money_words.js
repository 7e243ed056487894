// @ts-check
/** What the codes about money are called. */
import { ApiError } from "/static/calls.js";
import { categoryWord, known } from "/static/template_words.js";
import { formatMoney, t } from "/static/text.js";
import { trouble } from "./decide.js";

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
});

/** @param {string} name spend, revenue:utility */
export function accountWord(name) {
  const at = name.indexOf(":");
  return at < 0 ? plainAccount(name) : (NAMED[name.slice(0, at)]?.(name.slice(at + 1)) ?? name);
}

export const stageWord = known({
  applied: () => t("Has applied"),
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
  carried: ["info", "clock", () => t("Carried into a later month")],
  issued: ["success", "check", () => t("Document issued")],
};

export const documentWord = known({
  invoice: () => t("Invoice"),
  credit_note: () => t("Credit note"),
  advance: () => t("Advance invoice"),
  statement: () => t("Statement"),
});

/** The same of a payment. @type {Record<string, [string, string, () => string]>} */
export const PAYMENT_STATES = {
  initiated: ["info", "clock", () => t("Awaited")],
  settled: ["success", "check", () => t("Settled")],
  returned: ["danger", "undo-2", () => t("Gone back")],
  failed: ["warning", "x", () => t("Failed")],
};

/** The same of a booking by hand. @type {Record<string, [string, string, () => string]>} */
export const BOOKING_STATES = {
  proposed: ["warning", "clock", () => t("Waits for a second person")],
  booked: ["success", "check", () => t("Booked")],
  withdrawn: ["", "x", () => t("Withdrawn")],
};

export const providerWord = known({
  bank: () => t("Transfer"),
  debit: () => t("Direct debit"),
  manual: () => t("By hand"),
  fake: () => t("Provider that pretends"),
});

const KINDS_BY_HAND = {
  received: () => t("Money came in"),
  paid_back: () => t("Money was paid back"),
  paid_out: () => t("Paid out to the partner"),
  credit: () => t("Credit"),
  debit: () => t("Debit"),
  write_off: () => t("Written off"),
  grant: () => t("Grant"),
  refund: () => t("What a message cost is given back"),
  reversal: () => t("An entry is taken back"),
  limit: () => t("Line of credit"),
};

export const SORTS = Object.keys(KINDS_BY_HAND);
export const sortWord = known(KINDS_BY_HAND);

/** Why a transaction of the bank waits for a person. */
export const doubtWord = known({
  unknown: () => t("Nothing known fits: no reference, no document, no known account with this amount"),
  ambiguous: () => t("Several payments fit"),
  other_amount: () => t("It names a payment of another amount"),
  currency: () => t("It is in another currency than what it names"),
  overpaid: () => t("It pays its invoice and more; only what is over waits"),
  paid_already: () => t("What it names was paid before"),
  not_settled: () => t("What it names was never paid, so it cannot come back"),
  outgoing: () => t("Money went out, and it names no payment"),
  flaw: () => t("Its details do not add up"),
});

const caseWord = known({
  domestic: () => t("in Germany"),
  reverse_charge: () => t("the customer owes it (reverse charge)"),
  consumer_home: () => t("consumer elsewhere in the Union, at home's rate"),
  consumer_abroad: () => t("consumer elsewhere in the Union, at its country's rate"),
  third_country: () => t("outside the Union"),
  small_operator: () => t("none, by § 19 UStG"),
});

/** How a company is taxed. @param {{ category: string, rate_basis_points: number, case: string | null }} tax */
export const taxWord = (tax) => `${t("{percent} % ({category})", { percent: tax.rate_basis_points / 100, category: tax.category })}${tax.case ? `, ${caseWord(tax.case)}` : ""}`;

/** What is written of a month that was paid ahead. */
export const monthDocumentWord = known({
  statement: () => t("Statement"),
  final: () => t("Final invoice"),
});

/** A field of a contract or of legal data. */
export const fieldWord = known({
  limit_micros: () => t("Limit"),
  card: () => t("Rate card"),
  partner: () => t("Partner"),
  month_document: () => t("Document of a month paid ahead"),
  legal: () => t("Legal data"),
  name: () => t("Legal name"),
  email: () => t("E-mail for invoices"),
  contact: () => t("Contact"),
  vat_id: () => t("VAT id"),
  vat_checked_at: () => t("VAT id confirmed on"),
  reference: () => t("Reference for invoices"),
  language: () => t("Language of invoices"),
  due_days: () => t("Days to pay"),
  company: () => t("Company"),
  "address.street": () => t("Street and number"),
  "address.more": () => t("More of the address"),
  "address.postcode": () => t("Postcode"),
  "address.city": () => t("Town"),
  "address.country": () => t("Country"),
});

/** One line of a contract's history. @param {import("./api.js").Changed} told @param {string} currency */
export function changeWord(told, currency) {
  const field = told.field.replace(/^legal\./u, "");
  const plain = (/** @type {string} */ text) =>
    field.endsWith("_micros") ? formatMoney(Number(text), currency) : field === "month_document" ? monthDocumentWord(text) : text || "–";
  return `${fieldWord(field)}: ${told.was ? `${plain(told.was)} → ` : ""}${plain(told.becomes)}`;
}

const FAULTS = /** @type {Record<string, () => string>} */ ({
  own: () => t("Who proposed it cannot sign it: somebody else must."),
  no_person: () => t("Two people must stand for it; a program's proposal can only be withdrawn."),
  closed: () => t("It is signed or withdrawn already."),
  not_covered: () => t("The balance does not cover it."),
  gone: () => t("There is nothing left to give back."),
  currency: () => t("It is in another currency than the contract."),
  outgoing: () => t("Money went out: choose the payment that it takes back."),
  paid_already: () => t("This payment was paid or went back before."),
  not_settled: () => t("This payment was never paid, so it cannot go back."),
  other_amount: () => t("This payment is of another amount."),
});

/** Why something about money could not be done. @param {unknown} error */
export function whyNot(error) {
  const word = error instanceof ApiError ? FAULTS[error.code] : undefined;
  if (word) return word();
  return error instanceof ApiError && error.code === "invalid" ? error.message : trouble(error);
}
