// @ts-check
/** Words for what the server names by a key. */
import { known } from "/static/template_words.js";
import { formatNumber, t, tn } from "/static/text.js";

export const statusWord = known({
  PENDING: () => t("Waiting"),
  IN_APPEAL: () => t("Appeal"),
  APPROVED: () => t("Approved"),
  FLAGGED: () => t("Flagged"),
  REJECTED: () => t("Rejected"),
  PAUSED: () => t("Paused"),
  LOCKED: () => t("Locked, waits for a decision"),
  LIMIT_EXCEEDED: () => t("More than the company may have"),
  DISABLED: () => t("Disabled"),
  ARCHIVED: () => t("Archived"),
  DELETED: () => t("Deleted"),
  PENDING_DELETION: () => t("Being deleted"),
});

const TONES = /** @type {Record<string, [string, string]>} */ ({
  PENDING: ["warning", "clock"],
  IN_APPEAL: ["warning", "scale"],
  APPROVED: ["success", "check"],
  FLAGGED: ["warning", "flag"],
  REJECTED: ["danger", "x"],
  PAUSED: ["info", "pause"],
  LOCKED: ["danger", "lock"],
  LIMIT_EXCEEDED: ["info", "pause"],
  DISABLED: ["danger", "ban"],
});

/** Colour and icon of a status. @param {string} status */
export const statusTone = (status) => TONES[status] ?? ["", "file-text"];

export const ruleWord = known({
  short_link: () => t("Shortened link"),
  asks_for_secret: () => t("Asks for a secret"),
  hidden_address: () => t("Address that hides where it leads"),
  code_outside_authentication: () => t("A code outside of authentication"),
  sounds_like_fraud: () => t("Sounds like fraud"),
  shouting: () => t("Mostly in capitals"),
  no_occasion: () => t("Names no order, account or request"),
  disabled_before: () => t("Was disabled before"),
  sells: () => t("Sells something"),
  serves: () => t("Names its occasion"),
  reads_like_fraud: () => t("Reads like fraud"),
  reads_like_advertising: () => t("Reads like advertising"),
  unknown_domain: () => t("Links to a domain that the company has not registered"),
  same_text_elsewhere: () => t("Other companies send the same text"),
});

/** Rules whose evidence is a sentence of the check itself and no words of the template. */
export const WITHOUT_WORDS = ["shouting", "no_occasion", "disabled_before"];

export const weightWord = known({
  forbidden: () => t("Forbidden"),
  doubt: () => t("Doubt"),
  note: () => t("Note"),
});

export const byWord = known({
  company: () => t("Company"),
  check: () => t("Automatic check"),
  operator: () => t("Operator"),
  clock: () => t("Clock"),
});

export const moveWord = known({
  submit: () => t("submitted"),
  edit: () => t("edited"),
  check: () => t("left to a person"),
  approve: () => t("approved"),
  reject: () => t("rejected"),
  appeal: () => t("appealed"),
  recategorise: () => t("moved to another category"),
  announce: () => t("announced another category"),
  rate: () => t("rated"),
  lock: () => t("locked, for a person to decide"),
  halt: () => t("halted while it went to some people first"),
  pace: () => t("room for more people"),
  exceed: () => t("beyond the company's limit"),
  readmit: () => t("within the limit again"),
  pause: () => t("paused"),
  resume: () => t("resumed"),
  flag: () => t("flagged"),
  disable: () => t("disabled"),
  reinstate: () => t("reinstated"),
  archive: () => t("archived"),
  unarchive: () => t("taken from the archive"),
  delete: () => t("deleted"),
  vanish: () => t("gone"),
});

export const methodWord = known({
  SMS: () => t("Text message"),
  VOICE: () => t("Call"),
});

export const qualityWord = known({
  GREEN: () => t("High"),
  YELLOW: () => t("Medium"),
  RED: () => t("Low"),
  UNKNOWN: () => t("Not known yet"),
});

/** A template's name as people say it. @param {string} name */
export const titleOf = (name) => name.replaceAll("_", " ");

/** How long ago, in its largest unit. @param {number} seconds */
export function age(seconds) {
  if (seconds < 60) return t("just now");
  if (seconds < 3600) return t("{n} min ago", { n: formatNumber(Math.floor(seconds / 60)) });
  if (seconds < 86_400) return t("{n} h ago", { n: formatNumber(Math.floor(seconds / 3600)) });
  return tn("{n} day ago", "{n} days ago", Math.floor(seconds / 86_400));
}

/** A phone number as it is dialled. @param {string} phone */
export const phoneOf = (phone) => `+${phone}`;
