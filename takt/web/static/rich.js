// @ts-check
/**
 * Message text as DOM nodes: safe links and the four marks businesses use (*bold*, _italic_, ~struck~, `code`).
 * Nothing is ever parsed as HTML; whatever is not a mark or an http(s) address stays the character it is.
 */

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"'`]+/gi;
const MARK = /(?<![\p{L}\p{N}])([*_~`])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/u;
const TAGS = /** @type {Record<string, string>} */ ({ "*": "strong", _: "em", "~": "s", "`": "code" });

/**
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function rich(text) {
  const made = document.createDocumentFragment();
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const shown = trimmed(found[0]);
    const address = safeAddress(shown);
    if (!address) continue;
    made.append(marked(text.slice(from, found.index)), link(address, shown));
    from = found.index + shown.length;
  }
  made.append(marked(text.slice(from)));
  return made;
}

/** The same text in one line of plain words, for lists and quotes. @param {string} text */
export const plain = (text) => (rich(text).textContent ?? "").replace(/\s+/gu, " ").trim();

/**
 * The address as a browser may open it, or null: http and https only, never with a user name inside, which is the
 * oldest trick to make a foreign host look familiar.
 * @param {string} text
 */
export function safeAddress(text) {
  const address = /^www\./i.test(text) ? `https://${text}` : text;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.href : null;
}

/** Punctuation behind an address belongs to the sentence. @param {string} text */
function trimmed(text) {
  let shown = text.replace(/[.,;:!?…*_~]+$/u, "");
  while (/[)\]]$/.test(shown) && count(shown, ")") + count(shown, "]") > count(shown, "(") + count(shown, "[")) {
    shown = shown.slice(0, -1).replace(/[.,;:!?…]+$/u, "");
  }
  return shown;
}

/** @param {string} text @param {string} mark */
const count = (text, mark) => text.split(mark).length - 1;

/** @param {string} address @param {string} shown */
export function link(address, shown) {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer nofollow";
  anchor.textContent = shown;
  return anchor;
}

/**
 * @param {string} text
 * @returns {DocumentFragment}
 */
function marked(text) {
  const made = document.createDocumentFragment();
  let rest = text;
  for (let found = MARK.exec(rest); found; found = MARK.exec(rest)) {
    const [all, mark, inner] = found;
    const element = document.createElement(TAGS[mark]);
    element.append(mark === "`" ? inner : marked(inner));
    made.append(rest.slice(0, found.index), element);
    rest = rest.slice(found.index + all.length);
  }
  made.append(rest);
  return made;
}
