// @ts-check
/**
 * Values of a flow that stand for others: references (`${form.day}`) and expressions between backticks.
 * Nothing is ever run as a program; what cannot be read is the text it is.
 */

/** @typedef {{ data: Record<string, any>, form: Record<string, any> }} Page */
/** What can be referred to: the page that is open, and all that were. @typedef {Page & { screen: Record<string, Page> }} Scope */

const REFERENCE = /\$\{([^${}]+)\}/g;
const TOKEN = /\s*(\$\{[^${}]+\}|'(?:[^'\\]|\\.)*'|\d+(?:\.\d+)?|\|\||&&|[=!<>]=|[<>!+\-*/%()]|true|false)/y;
const LEVELS = [["||"], ["&&"], ["==", "!="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "/", "%"]];

/** @type {Record<string, (a: any, b: any) => any>} */
const OPERATIONS = {
  "||": (a, b) => a || b,
  "&&": (a, b) => a && b,
  "==": (a, b) => a === b || (a != null && b != null && String(a) === String(b)),
  "!=": (a, b) => !OPERATIONS["=="](a, b),
  "<": (a, b) => Number(a) < Number(b),
  "<=": (a, b) => Number(a) <= Number(b),
  ">": (a, b) => Number(a) > Number(b),
  ">=": (a, b) => Number(a) >= Number(b),
  "+": (a, b) => Number(a) + Number(b),
  "-": (a, b) => Number(a) - Number(b),
  "*": (a, b) => Number(a) * Number(b),
  "/": (a, b) => Number(a) / Number(b),
  "%": (a, b) => Number(a) % Number(b),
};

/** @param {string} path @param {Scope} scope */
function look(path, scope) {
  /** @type {any} */
  let found = scope;
  for (const step of path.split(".")) found = found && Object.hasOwn(found, step) ? found[step] : undefined;
  return found;
}

/** What a value means here: lists and objects with all that is in them. @param {any} value @param {Scope} scope @returns {any} */
export function resolve(value, scope) {
  if (Array.isArray(value)) return value.map((each) => resolve(each, scope));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolve(each, scope)]));
  }
  if (typeof value !== "string") return value;
  if (value.length > 1 && value.startsWith("`") && value.endsWith("`")) return evaluate(value, scope);
  const whole = /^\$\{([^${}]+)\}$/.exec(value);
  if (whole) return look(whole[1], scope);
  return value.replace(REFERENCE, (_, path) => String(look(path, scope) ?? ""));
}

/** The value of an expression, with or without backticks around it. @param {string} text @param {Scope} scope @returns {any} */
export function evaluate(text, scope) {
  const tokens = split(text.replace(/^`|`$/g, ""));
  if (!tokens) return text;
  let place = 0;
  /** @returns {any} */
  const single = () => {
    const token = tokens[place++];
    if (token === "!") return !single();
    if (token === "-") return -Number(single());
    if (token === "(") {
      const inner = level(0);
      place += 1;
      return inner;
    }
    if (token === "true" || token === "false") return token === "true";
    if (token?.startsWith("$")) return look(token.slice(2, -1), scope);
    if (token?.startsWith("'")) return token.slice(1, -1).replace(/\\(.)/g, "$1");
    return Number(token);
  };
  /** @param {number} depth @returns {any} */
  const level = (depth) => {
    if (depth === LEVELS.length) return single();
    let left = level(depth + 1);
    while (LEVELS[depth].includes(tokens[place])) left = OPERATIONS[tokens[place++]](left, level(depth + 1));
    return left;
  };
  const parts = [level(0)];
  while (place < tokens.length) parts.push(level(0)); // values side by side are one text
  return parts.length > 1 ? parts.join("") : parts[0];
}

/** @param {string} text */
function split(text) {
  /** @type {string[]} */
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text);
    if (!found) return null;
    tokens.push(found[1]);
  }
  return tokens;
}
