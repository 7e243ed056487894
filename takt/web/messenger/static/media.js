// @ts-check
/**
 * Where the bytes of a medium are: at the server, which knows this browser by its cookie, or still here while they are
 * on their way. What was sent from here is shown from here until the page is left: nothing is fetched that is known.
 */

/** Addresses of local bytes kept at most; the oldest goes first. */
const LOCAL_MAX = 60;
const LOCAL = "local ";

/** Client id of a waiting message → address of its bytes. @type {Map<string, string>} */
const local = new Map();
/** Id at the server → client id. @type {Map<string, string>} */
const arrived = new Map();

/** The id a medium has until the server gave it one. @param {string} client_id @param {Blob} blob */
export function localMedium(client_id, blob) {
  if (!local.has(client_id)) {
    local.set(client_id, URL.createObjectURL(blob));
    const [[oldest, address]] = local;
    if (local.size > LOCAL_MAX) {
      URL.revokeObjectURL(address);
      local.delete(oldest);
    }
  }
  return LOCAL + client_id;
}

/** The server has taken the bytes of message `client_id`. @param {string} id @param {string} client_id */
export const noteArrived = (id, client_id) => arrived.set(id, client_id);

/** The address of a company's picture, "" when it has none. @param {import("./api.js").Sender} sender */
export const pictureOf = ({ profile }) => (profile.picture ? mediaAddress(profile.picture) : "");

/** The address of a medium, for `<img src>` and the like. @param {string} id */
export function mediaAddress(id) {
  const known = local.get(id.startsWith(LOCAL) ? id.slice(LOCAL.length) : (arrived.get(id) ?? ""));
  return known ?? `/device/v1/media/${encodeURIComponent(id)}`;
}
