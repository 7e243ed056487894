// @ts-check
/** Where an invoice is, in words: the same for who writes it and for who pays it. */
import { html } from "./html.js";
import { t } from "./text.js";
import { Icon } from "./ui.js";

/** Tone, icon and word of each state. @type {Record<string, [string, string, () => string]>} */
export const CLAIM_STATES = {
  issued: ["info", "clock", () => t("Awaits payment")],
  part_paid: ["warning", "coins", () => t("Paid in part")],
  overdue: ["danger", "circle-alert", () => t("Overdue")],
  paid: ["success", "check", () => t("Paid")],
  cancelled: ["", "undo-2", () => t("Cancelled")],
};

/** @param {{ state: string }} props */
export function ClaimState({ state }) {
  const [tone, icon, word] = CLAIM_STATES[state] ?? ["", "minus", () => state];
  return html`<span class=${`chip ${tone}`}><${Icon} name=${icon} />${word()}</span>`;
}
