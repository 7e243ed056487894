// @ts-check
/** What a person chose from a message that offers something: every answer quotes the message, so the chat knows it. */

/** @typedef {import("./bubble.js").Message} Message */

/** Button kinds that are used up as a whole; lists and shelves may be opened again. */
const WHOLE = ["flow", "address", "send_location", "request_contact_info"];

/**
 * The key of a button; "" for one that may be pressed again and again.
 * @param {any} button
 */
export function choiceKey(button) {
  if (button.kind === "quick_reply") return `quick_reply ${button.payload ?? button.text}`;
  if (button.kind === "reply") return `reply ${button.id}`;
  if (button.kind === "call_permission") return `call_permission ${button.response}`;
  return WHOLE.includes(button.kind) ? button.kind : "";
}

/** The key of a row of a list. @param {{ id: string }} row */
export const rowKey = ({ id }) => `row ${id}`;

/** The key an answer stands for. @param {Message} message */
function answerKey({ type, content }) {
  if (type === "button") return `quick_reply ${content.payload}`;
  if (type === "location") return "send_location";
  if (type === "contacts") return content.origin === "contact_request" ? "request_contact_info" : "";
  if (type !== "interactive") return "";
  if (content.kind === "button_reply") return `reply ${content.id}`;
  if (content.kind === "list_reply") return rowKey(content);
  if (content.kind === "call_permission_reply") return `call_permission ${content.accepted ? "accept" : "reject"}`;
  return content.name === "flow" ? "flow" : "address";
}

/**
 * The keys chosen from each message, by its id, one per line.
 * @param {Message[]} messages
 * @param {boolean} mine are the answers ours, or those of the person we talk to?
 * @returns {Map<string, string>}
 */
export function choicesOf(messages, mine) {
  const found = new Map();
  for (const message of messages) {
    if (message.mine !== mine || !message.context || !message.content || message.error) continue;
    const key = answerKey(message);
    if (key) found.set(message.context, `${found.get(message.context) ?? ""}${key}\n`);
  }
  return found;
}
