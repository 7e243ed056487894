// @ts-check
/**
 * What this browser keeps of one person's chats: threads, messages, the outbox and small values, in IndexedDB.
 *
 * It is a cache and a queue, never the truth. Where the browser offers no database (private windows of some), reading
 * finds nothing and writing does nothing: the app then simply needs the network.
 */

/** @typedef {"values" | "threads" | "messages" | "outbox"} Store */

const VERSION = 2;
/** @type {IDBDatabase | null} */
let database = null;

/** @param {string} wa_id */
const nameOf = (wa_id) => `takt messenger ${wa_id}`;

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * Opens the database of person `wa_id`.
 * @param {string} wa_id
 */
export async function openDb(wa_id) {
  try {
    const request = indexedDB.open(nameOf(wa_id), VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      const made = request.result;
      if (oldVersion > 0) made.deleteObjectStore("threads"); // senders had another shape; the server has them all
      made.createObjectStore("threads", { keyPath: "sender.id" });
      if (oldVersion > 0) return;
      made.createObjectStore("values");
      made.createObjectStore("messages", { keyPath: ["sender", "cursor"] });
      made.createObjectStore("outbox", { keyPath: "client_id" });
    };
    database = await done(request);
    database.onversionchange = closeDb;
  } catch {
    database = null;
  }
}

/** Closes the database. */
export function closeDb() {
  database?.close();
  database = null;
}

/** Removes everything kept of person `wa_id`. @param {string} wa_id */
export async function removeDb(wa_id) {
  closeDb();
  await done(indexedDB.deleteDatabase(nameOf(wa_id))).catch(() => undefined);
}

/**
 * @template T
 * @param {Store} name
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @param {T} otherwise
 * @returns {Promise<T>}
 */
async function read(name, ask, otherwise) {
  if (!database) return otherwise;
  return done(ask(database.transaction(name).objectStore(name))).catch(() => otherwise);
}

/**
 * One durable write; resolves when it is committed.
 * @param {Store} name
 * @param {(store: IDBObjectStore) => void} change
 * @returns {Promise<void>}
 */
function write(name, change) {
  return new Promise((resolve) => {
    if (!database) return resolve();
    const transaction = database.transaction(name, "readwrite");
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => resolve(); // a full disk costs the cache, not the app
    change(transaction.objectStore(name));
    // A page that is left at once keeps what it was told to keep.
    transaction.commit();
  });
}

/** The cursors of one sender's messages below `before`. @param {string} sender @param {number} before */
const below = (sender, before) => IDBKeyRange.bound([sender, 0], [sender, before], false, true);

export const db = {
  /** Is there a database, or is nothing kept? */
  open: () => database !== null,
  /** @param {string} key @param {any} otherwise */
  value: async (key, otherwise) => (await read("values", (store) => store.get(key), undefined)) ?? otherwise,
  /** @param {string} key @param {any} value */
  setValue: (key, value) => write("values", (store) => store.put(value, key)),
  /** @param {string} key */
  dropValue: (key) => write("values", (store) => store.delete(key)),
  /** Every value whose key begins with `prefix`, by the rest of the key. @param {string} prefix */
  async valuesOf(prefix) {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const keys = await read("values", (store) => store.getAllKeys(range), /** @type {IDBValidKey[]} */ ([]));
    const values = await read("values", (store) => store.getAll(range), /** @type {any[]} */ ([]));
    return new Map(keys.map((key, index) => [String(key).slice(prefix.length), values[index]]));
  },
  /** @param {Store} store @returns {Promise<any[]>} */
  all: (store) => read(store, (found) => found.getAll(), /** @type {any[]} */ ([])),
  /** @param {Store} store @param {any[]} values */
  put: (store, values) => write(store, (found) => values.forEach((value) => found.put(value))),
  /** @param {Store} store @param {IDBValidKey | IDBKeyRange} key */
  drop: (store, key) => write(store, (found) => found.delete(key)),
  /** @param {Store} store @param {any[]} values */
  replace: (store, values) =>
    write(store, (found) => {
      found.clear();
      values.forEach((value) => found.put(value));
    }),
  /**
   * The newest `limit` kept messages of `sender` below `before`, oldest first.
   * @param {string} sender @param {number} before @param {number} limit @returns {Promise<any[]>}
   */
  async page(sender, before, limit) {
    const range = below(sender, before);
    const keys = await read("messages", (store) => store.getAllKeys(range), /** @type {any[]} */ ([]));
    const first = keys[Math.max(0, keys.length - limit)];
    if (!first) return [];
    return read(
      "messages",
      (store) => store.getAll(IDBKeyRange.bound(first, [sender, before], false, true)),
      /** @type {any[]} */ ([]),
    );
  },
  /**
   * Keeps only the newest `kept` messages of `sender`.
   * @param {string} sender
   * @param {number} kept
   */
  async prune(sender, kept) {
    const range = below(sender, Number.MAX_SAFE_INTEGER);
    const keys = await read("messages", (store) => store.getAllKeys(range), /** @type {any[]} */ ([]));
    if (keys.length > kept) await db.dropMessages(sender, keys[keys.length - kept][1]);
  },
  /** @param {string} sender @param {number} [before] */
  dropMessages: (sender, before = Number.MAX_SAFE_INTEGER) =>
    write("messages", (store) => store.delete(below(sender, before))),
};
