// @ts-check
/** Lines of the messenger's own in a chat: why an advertisement came without consent, and that a stop was heard. */
import { html, useSignal } from "/static/html.js";
import { t } from "/static/text.js";
import { Icon } from "/static/ui.js";
import { api } from "./api.js";
import { sayFailure } from "./failure.js";
import { purpose } from "./profile.js";
import { putSender } from "./state.js";

/** @typedef {import("./api.js").Message} Message */
/** @typedef {import("./api.js").Sender} Sender */

/** @param {{ message: Message, sender: Sender }} props */
export const Note = ({ message, sender }) =>
  message.purpose ? html`<${Confirmation} name=${message.purpose} sender=${sender} />` : html`<${Objection} sender=${sender} />`;

/** It tells of an act, so it stays true whatever comes later. @param {{ name: string, sender: Sender }} props */
function Confirmation({ name, sender }) {
  const own = sender.purpose_names?.[name];
  const values = { name: sender.business, purpose: own ?? purpose(name, sender).name() };
  const words =
    name === "*" || (name === "marketing" && !own)
      ? t("Confirmed: you stopped advertising from {name}.", values)
      : t("Confirmed: you stopped “{purpose}” from {name}.", values);
  return html`<p class="note"><span class="with-icon"><${Icon} name="check" />${words}</span></p>`;
}

/** Required beneath every message that rests on the exception for existing customers. @param {{ sender: Sender }} props */
function Objection({ sender }) {
  const busy = useSignal(false);
  const allowed = Object.entries(sender.consent).some(([name, { granted }]) => name !== "service" && granted);
  const object = async (/** @type {any} */ { currentTarget }) => {
    currentTarget.closest("li").focus(); // the button goes; where one was stays
    busy.value = true;
    try {
      putSender(await api.consent(sender.id, "*", false));
    } catch (error) {
      sayFailure(error);
    }
    busy.value = false;
  };
  return html`<p class="note">
    ${t("You get this as a customer of {name}. You may object at any time, at no cost.", { name: sender.business })}
    ${
      allowed
        ? html`<button type="button" class="button" disabled=${busy.value} onClick=${object}>${t("Object")}</button>`
        : html`<span class="with-icon"><${Icon} name="check" />${t("Advertising is stopped.")}</span>`
    }
  </p>`;
}
