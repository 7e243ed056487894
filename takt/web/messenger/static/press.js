// @ts-check
/** Answering what a message offers: each button leads to exactly one request of the device (docs/content.md). */
import { openLocation } from "/static/locate.js";
import { t } from "/static/text.js";
import { toast } from "/static/ui.js";
import { openAddress } from "./address.js";
import { openOwnNumber } from "./contact.js";
import { send } from "./outbox.js";
import { openProducts } from "./products.js";

/** @typedef {import("./api.js").Sender} Sender */
/** @typedef {{ message: import("./api.js").Message, button: any, row?: any }} Pressed */

/** @type {Record<string, (sender: Sender, pressed: Pressed) => void>} */
const KINDS = {
  reply: (sender, { message, button }) =>
    reply(sender, message, { type: "button_reply", id: button.id, title: button.text }),
  list: (sender, { message, row }) => {
    const { id, title, description } = row;
    reply(sender, message, { type: "list_reply", id, title, ...(description ? { description } : {}) });
  },
  flow: (_, { message, button }) => {
    import("./flow.js").then(
      ({ openFlow }) => openFlow({ message, button }),
      () => toast(t("This form cannot be opened here yet.")),
    );
  },
  send_location: (sender, { message }) =>
    openLocation(sender.name, (location) => send(sender.id, "location", location, { context: message.id })),
  address: (sender, { message, button }) =>
    openAddress(button, (response) =>
      reply(sender, message, { type: "nfm_reply", name: "address_message", response }),
    ),
  request_contact_info: (sender, { message }) =>
    openOwnNumber(sender, (cards) => send(sender.id, "contacts", cards, { context: message.id, origin: "contact_request" })),
  call_permission: (sender, { message, button }) =>
    reply(sender, message, { type: "call_permission_reply", response: button.response }),
  catalog: order,
  products: order,
  product: order,
};

/** @param {Sender} sender @param {Pressed} pressed */
export const answer = (sender, pressed) => KINDS[pressed.button.kind]?.(sender, pressed);

/** @param {Sender} sender @param {import("./api.js").Message} message @param {object} interactive */
const reply = (sender, message, interactive) => send(sender.id, "interactive", interactive, { context: message.id });

/** @param {Sender} sender @param {Pressed} pressed */
function order(sender, { message, button }) {
  openProducts(sender, button, message.content, (body) => send(sender.id, "order", body, { context: message.id }));
}
