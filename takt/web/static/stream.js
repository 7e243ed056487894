// @ts-check
/**
 * One event stream per browser, not per tab.
 *
 * The tabs of one `name` elect a leader by a Web Lock. The leader reads the server's event stream (SSE) and passes every
 * event on over a BroadcastChannel; when it goes away, the next tab gets the lock and resumes behind the last id that
 * *it* has seen, so nothing is lost and at most the last event is repeated. Receivers therefore have to be idempotent.
 *
 * The stream is read with `fetch` instead of `EventSource`: this way a refused sign-in is told apart from a server that
 * is restarting, and the server's 15-second ping is seen, so a connection that is dead but not closed is noticed.
 *
 *     const stream = openStream({
 *       name: "messenger mara",
 *       url: (after) => `/device/v1/events?after=${after}`,
 *       after: 17,
 *       onEvent: ({ type, id, data }) => { … },   // in every tab
 *       onState: (state, leader) => { … },        // "connecting" | "live" | "reconnecting" | "refused"
 *     });
 *     stream.close();
 */

/** @typedef {{ type: string, id: number | null, data: any }} StreamEvent */
/** @typedef {"connecting" | "live" | "reconnecting" | "refused"} StreamState */
/**
 * @typedef {object} StreamOptions
 * @property {string} name one stream per browser for each name; put the person's id in it
 * @property {(after: number) => string} url the stream's address that resumes behind `after`
 * @property {number} after cursor to begin behind
 * @property {(event: StreamEvent) => void} onEvent
 * @property {(state: StreamState, leader: boolean) => void} [onState]
 */

/** Longest silence before the connection counts as dead; the server pings every 15 s. */
const SILENCE_MS = 40_000;
/** Longest wait between two attempts. */
const WAIT_MS_MAX = 15_000;
/** A connection that lived this long starts the waits from the beginning. */
const STEADY_MS = 5_000;

/**
 * @param {StreamOptions} options
 */
export function openStream(options) {
  const channel = new BroadcastChannel(`takt stream ${options.name}`);
  const stop = new AbortController();
  let last = options.after;
  let leader = false;
  /** @type {StreamState} */
  let state = "connecting";

  /** @param {object} word */
  const tell = (word) => {
    if (!stop.signal.aborted) channel.postMessage(word);
  };

  /** @param {StreamState} next */
  const enter = (next) => {
    state = next;
    options.onState?.(next, leader);
    if (leader) tell({ state: next });
  };

  /** @param {StreamEvent} event */
  const take = (event) => {
    if (event.id !== null && event.id > last && event.type !== "hello") last = event.id;
    options.onEvent(event);
  };

  channel.onmessage = ({ data }) => {
    if (leader) {
      if (data.who) tell({ state });
    } else if (data.event) {
      take(data.event);
    } else if (data.state) {
      state = data.state;
      options.onState?.(state, false);
    }
  };

  const lead = async () => {
    leader = true;
    enter(state === "live" ? "reconnecting" : state);
    await follow({
      signal: stop.signal,
      url: () => options.url(last),
      onOpen: () => enter("live"),
      onLost: () => enter("reconnecting"),
      onEvent: (event) => {
        tell({ event });
        take(event);
      },
    });
    if (!stop.signal.aborted) enter("refused");
  };

  if (navigator.locks) {
    navigator.locks.request(`takt stream ${options.name}`, { signal: stop.signal }, lead).catch(ignoreAbort);
    tell({ who: true });
  } else {
    lead(); // without a secure context there are no locks: every tab reads for itself
  }

  return {
    /** Ends this tab's part; another tab takes over. */
    close() {
      stop.abort();
      channel.close();
    },
    /** Is this the tab that reads from the server? */
    isLeader: () => leader,
    /** @returns {StreamState} */
    state: () => state,
    /** The last event id this tab has seen. */
    last: () => last,
  };
}

/** @param {unknown} error */
function ignoreAbort(error) {
  if (/** @type {any} */ (error)?.name !== "AbortError") throw error;
}

/**
 * Reads the stream and re-reads it after every loss; returns when aborted or refused (401, 403, 404).
 * @param {{ signal: AbortSignal, url: () => string, onOpen: () => void, onLost: () => void,
 *           onEvent: (event: StreamEvent) => void }} to
 */
async function follow(to) {
  let failures = 0;
  while (!to.signal.aborted) {
    const began = performance.now();
    const status = await readOnce(to).catch(() => 0);
    if (to.signal.aborted || status === 401 || status === 403 || status === 404) return;
    failures = performance.now() - began > STEADY_MS ? 0 : failures + 1;
    to.onLost();
    await pause(Math.min(WAIT_MS_MAX, 500 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random()), to.signal);
  }
}

/**
 * One connection, until it ends; answers its HTTP status.
 * @param {{ signal: AbortSignal, url: () => string, onOpen: () => void, onEvent: (event: StreamEvent) => void }} to
 */
async function readOnce(to) {
  const connection = new AbortController();
  const abort = () => connection.abort();
  to.signal.addEventListener("abort", abort);
  let watch = setTimeout(abort, SILENCE_MS);
  try {
    const answer = await fetch(to.url(), {
      headers: { accept: "text/event-stream" },
      cache: "no-store",
      signal: connection.signal,
    });
    if (!answer.ok || !answer.body) return answer.status;
    to.onOpen();
    const feed = parser(to.onEvent);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return answer.status;
      clearTimeout(watch);
      watch = setTimeout(abort, SILENCE_MS);
      feed(value);
    }
  } finally {
    clearTimeout(watch);
    to.signal.removeEventListener("abort", abort);
  }
}

/**
 * A parser of the event-stream format: feed it text, it calls back once per event. Data is JSON.
 * @param {(event: StreamEvent) => void} onEvent
 */
export function parser(onEvent) {
  let rest = "";
  let type = "message";
  /** @type {number | null} */
  let id = null;
  /** @type {string[]} */
  let data = [];

  /** @param {string} line */
  const line = (line) => {
    if (line === "") {
      if (data.length > 0) onEvent({ type, id, data: JSON.parse(data.join("\n")) });
      type = "message";
      id = null;
      data = [];
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") type = value;
    else if (field === "id") id = Number(value);
  };

  /** @param {string} text */
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const each of lines) line(each);
  };
}

/**
 * Waits, but no longer than until the network comes back or the page is looked at again.
 * @param {number} ms
 * @param {AbortSignal} signal
 */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve(undefined);
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
