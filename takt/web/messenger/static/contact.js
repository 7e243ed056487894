// @ts-check
/** Sharing an address card: somebody's, or the own number when a company asks for it. */
import { html, useSignal } from "/static/html.js";
import { overlay } from "/static/parts/overlay.js";
import { t } from "/static/text.js";
import { Dialog, Icon } from "/static/ui.js";
import { Field, valid } from "/static/field.js";
import { me } from "./state.js";

/** @typedef {(cards: object[]) => void} Send */

const NAME_MAX = 100;
const PHONE_MAX = 24;

/** @param {string} name the company @param {Send} send */
export const openContact = (name, send) => overlay(ContactDialog, { name, send });

/** @param {import("./api.js").Sender} sender @param {Send} send */
export const openOwnNumber = (sender, send) => overlay(OwnNumber, { sender, send });

/** @param {string} name @param {string} phone @param {string} [email] */
function cardOf(name, phone, email) {
  const [first_name, ...rest] = name.split(/\s+/u);
  const last_name = rest.join(" ");
  return {
    name: { formatted_name: name, first_name, ...(last_name ? { last_name } : {}) },
    ...(phone ? { phones: [{ phone, type: "CELL" }] } : {}),
    ...(email ? { emails: [{ email }] } : {}),
  };
}

/** @param {{ name: string, send: Send, onClose: () => void }} props */
function ContactDialog({ name, send, onClose }) {
  const card = useSignal({ name: "", phone: "", email: "" });
  const checked = useSignal(false);
  const { name: who, phone, email } = card.value;
  const wrong = {
    name: who.trim() ? "" : t("Please write a name."),
    phone: phone.trim() || email.trim() ? (/^[+\d][\d\s()/.-]*$/u.test(phone.trim() || "+") ? "" : t("A number has digits only.")) : t("Please write a number or an address."),
  };
  const change = (/** @type {object} */ part) => (card.value = { ...card.value, ...part });
  const submit = (/** @type {Event} */ event) => {
    checked.value = true;
    if (!valid(event, !wrong.name && !wrong.phone)) return;
    onClose();
    send([cardOf(who.trim(), phone.trim(), email.trim())]);
  };
  const footer = html`<button type="submit" form="contact-form" class="button primary"><${Icon} name="send-horizontal" />${t("Send")}</button>`;
  return html`<${Dialog} title=${t("Send a contact to {name}", { name })} onClose=${onClose} footer=${footer}>
    <form id="contact-form" class="stack" novalidate onSubmit=${submit}>
      <${Field} label=${t("Name")} value=${who} max=${NAME_MAX} error=${checked.value && wrong.name} onInput=${(/** @type {string} */ name) => change({ name })} />
      <${Field} label=${t("Phone number")} type="tel" value=${phone} max=${PHONE_MAX} error=${checked.value && wrong.phone} onInput=${(/** @type {string} */ phone) => change({ phone })} />
      <${Field} label=${t("E-mail (optional)")} type="email" value=${email} max=${NAME_MAX} onInput=${(/** @type {string} */ email) => change({ email })} />
    </form>
  </${Dialog}>`;
}

/** @param {{ sender: import("./api.js").Sender, send: Send, onClose: () => void }} props */
function OwnNumber({ sender, send, onClose }) {
  const { name = "", wa_id = "" } = me.value ?? {};
  const share = () => {
    onClose();
    send([cardOf(name, `+${wa_id}`)]);
  };
  const footer = html`<button type="button" class="button" onClick=${onClose}>${t("Cancel")}</button>
    <button type="button" class="button primary" onClick=${share}><${Icon} name="contact" />${t("Share my number")}</button>`;
  return html`<${Dialog} title=${t("Share your number?")} onClose=${onClose} footer=${footer}>
    <p>${t("{name} gets your name and your number:", sender)}</p>
    <p class="card-soft"><strong>${name}</strong><br />+${wa_id}</p>
  </${Dialog}>`;
}
