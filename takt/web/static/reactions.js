// @ts-check
/** Reactions belong to the message they were put on: of each side the last one counts, an empty one takes it back. */

/** @typedef {import("./bubble.js").Message} Message */

/** The reactions at hand. */
export const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/**
 * What stands at each message, by its id, as JSON: equal text means nothing to draw anew.
 * @param {Message[]} messages in the order of the chat
 * @param {(message: Message) => string} author who speaks, in words
 * @returns {Map<string, string>}
 */
export function reactionsOf(messages, author) {
  /** @type {Map<string, Map<boolean, { emoji: string, author: string }>>} */
  const sides = new Map();
  for (const message of messages) {
    if (!isReaction(message) || message.status === "failed") continue;
    const { message_id, emoji } = message.content;
    const said = sides.get(message_id) ?? new Map();
    said.delete(message.mine);
    if (emoji) said.set(message.mine, { emoji, author: author(message) });
    sides.set(message_id, said);
  }
  return new Map([...sides].map(([id, said]) => [id, said.size > 0 ? JSON.stringify([...said.values()]) : ""]));
}

/** @param {Message} message */
export const isReaction = (message) => message.type === "reaction";

/** Our own reaction to message `id`, or "". @param {Message[]} messages @param {string} id */
export const ownReaction = (messages, id) =>
  messages.findLast((each) => isReaction(each) && each.mine && each.content.message_id === id)?.content.emoji ?? "";
