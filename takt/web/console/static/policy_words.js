// @ts-check
/** Words for the policy: its fields, what was done with a proposal, and what a preview counts. */
import { known } from "/static/template_words.js";
import { formatNumber, t } from "/static/text.js";

/** @typedef {{ path: string, word: () => string, type: "number" | "time" | "days" | "mode" }} Field */

/** The common fields of a policy, in the order in which they are shown; all others are changed as JSON. @type {Field[]} */
export const FIELDS = [
  { path: "caps.person_per_day", word: () => t("Advertising to one person in 24 hours, all companies"), type: "number" },
  { path: "caps.person_per_week", word: () => t("Advertising to one person in 7 days, all companies"), type: "number" },
  { path: "caps.sender_per_day", word: () => t("Advertising of one sender to one person in 24 hours"), type: "number" },
  { path: "caps.sender_per_week", word: () => t("Advertising of one sender to one person in 7 days"), type: "number" },
  { path: "quiet_hours.default.from", word: () => t("Advertising from"), type: "time" },
  { path: "quiet_hours.default.to", word: () => t("Advertising until"), type: "time" },
  { path: "quiet_hours.default.quiet_days", word: () => t("Days without advertising"), type: "days" },
  { path: "filter.strikes", word: () => t("Messages like fraud that freeze a sender"), type: "number" },
  { path: "support.unanswered", word: () => t("Unanswered messages before a support sender falls silent"), type: "number" },
  { path: "waiting.wait_h", word: () => t("Hours that a message may wait"), type: "number" },
  { path: "admission.mode", word: () => t("What decides about advertising"), type: "mode" },
  { path: "admission.cap_per_week", word: () => t("Advertising to one person in a week, while little is known"), type: "number" },
  { path: "admission.budget", word: () => t("Budget of annoyance a week, for a thousand people"), type: "number" },
  { path: "waiting.spread_min", word: () => t("Minutes over which waiting messages are spread"), type: "number" },
];

export const MODES = ["off", "cap", "priced"];

export const modeWord = known({
  off: () => t("The caps alone"),
  cap: () => t("A cap, wider for a few people, to learn"),
  priced: () => t("The score: what a message costs in patience"),
});

const BY_PATH = Object.fromEntries(FIELDS.map((one) => [one.path, one.word]));

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "holiday"];

export const dayWord = known({
  monday: () => t("Monday"),
  tuesday: () => t("Tuesday"),
  wednesday: () => t("Wednesday"),
  thursday: () => t("Thursday"),
  friday: () => t("Friday"),
  saturday: () => t("Saturday"),
  sunday: () => t("Sunday"),
  holiday: () => t("Public holidays"),
});

export const sectionWord = known({
  caps: () => t("Caps"),
  filter: () => t("Filter"),
  quiet_hours: () => t("Quiet hours"),
  support: () => t("Support senders"),
  waiting: () => t("Waiting"),
  admission: () => t("Admission"),
  pausing: () => t("Pausing"),
  pacing: () => t("Pacing"),
  reputation: () => t("Reputation"),
  reach: () => t("Reach of senders"),
});

/** What a field is called; one that has no word of ours is named by its place. @param {string} path */
export function fieldWord(path) {
  if (BY_PATH[path]) return BY_PATH[path]();
  const [section, ...rest] = path.split(".");
  const country = /^countries\.([A-Z]{2})\.(\w+)$/.exec(rest.join("."));
  if (section === "quiet_hours" && country) return `${sectionWord(section)}, ${country[1]}: ${country[2].replaceAll("_", " ")}`;
  return `${sectionWord(section)}: ${rest.join(" ").replaceAll("_", " ")}`;
}

/** A field's value for people. @param {unknown} found @param {string} [path] */
export function valueWord(found, path) {
  if (path === "admission.mode") return modeWord(String(found));
  if (found === null || found === undefined) return "–";
  if (Array.isArray(found)) return found.length === 0 ? t("none") : found.map((one) => dayWord(String(one))).join(", ");
  if (typeof found === "number") return formatNumber(found);
  if (typeof found === "boolean") return found ? t("yes") : t("no");
  return typeof found === "string" ? found : JSON.stringify(found);
}

export const proposalWord = known({
  open: () => t("Open"),
  applied: () => t("Applied"),
  withdrawn: () => t("Withdrawn"),
});

export const actWord = known({
  propose: () => t("proposed"),
  change: () => t("changed the document"),
  preview: () => t("made the preview"),
  sign: () => t("agreed as a second person"),
  apply: () => t("applied"),
  withdraw: () => t("withdrew"),
});

/** What is compared; each with how its number is written. @type {Record<string, { word: () => string, show: (n: number) => string, good?: "more" | "less" }>} */
const FIGURES = {
  revenue_now: { word: () => t("Revenue, first four weeks"), show: (n) => formatFine(n), good: "more" },
  revenue_later: { word: () => t("Revenue, last four weeks"), show: (n) => formatFine(n), good: "more" },
  annoyance: { word: () => t("Annoyance a week"), show: (n) => formatFine(n), good: "less" },
  blocks: { word: () => t("Blocks"), show: (n) => formatFine(n), good: "less" },
  stops: { word: () => t("Stops of all advertising"), show: (n) => formatFine(n), good: "less" },
  leaves: { word: () => t("People who leave"), show: (n) => formatFine(n), good: "less" },
  revenue: { word: () => t("Revenue"), show: (n) => formatFine(n), good: "more" },
  used: { word: () => t("Messages that people used"), show: (n) => formatFine(n), good: "more" },
  wanted: { word: () => t("Wanted messages that arrive"), show: (n) => formatFine(n), good: "more" },
};

/** @param {string} name */
export const figureWord = (name) => FIGURES[name]?.word() ?? name.replaceAll("_", " ");

/** @param {string} name @param {number} n */
export const figureShown = (name, n) => (FIGURES[name]?.show ?? formatFine)(n);

/** Whether a change is for the better, for the worse, none at all, or cannot be told. @param {string} name @param {import("./api.js").Interval} change */
export function direction(name, change) {
  const good = FIGURES[name]?.good;
  if (signed(change.low) === "0" && signed(change.high) === "0") return "same";
  if (!good || (change.low <= 0 && change.high >= 0)) return "open";
  return change.low > 0 === (good === "more") ? "better" : "worse";
}

export const directionWord = known({
  better: () => t("better"),
  worse: () => t("worse"),
  same: () => t("no change"),
  open: () => t("cannot be told"),
});

/** A number with as many digits as say something. @param {number} n */
export function formatFine(n) {
  const size = Math.abs(n);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return formatNumber(Number(n.toFixed(digits)));
}

/** A change as a share, with its sign: +4.2 %. @param {number} n */
export const share = (n) => `${signed(n)} %`;

/** The same without its sign of per cent; a tenth of one is as fine as it gets. @param {number} n */
export function signed(n) {
  const rounded = Number((100 * n).toFixed(Math.abs(n) >= 0.1 ? 0 : 1)) || 0;
  return `${rounded > 0 ? "+" : ""}${formatNumber(rounded)}`;
}

/** Senders of the twin, by how much their messages matter to people. */
export const quarterWord = known({
  most: () => t("The quarter that people like most"),
  more: () => t("The second quarter"),
  less: () => t("The third quarter"),
  least: () => t("The quarter that people like least"),
});

/** Families of policies in the picture. */
export const lineWord = known({
  weekly_caps: () => t("Plain weekly caps"),
  by_score: () => t("By score, at other budgets"),
});
