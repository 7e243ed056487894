// @ts-check
/** The service worker: keeps the app's files for offline use, and says when a newer release is ready. */
import { outdated } from "./state.js";

/** @type {any} */
const platform = window;

/** The one policy for trusted types: only our own worker may be registered. */
const policy = platform.trustedTypes?.createPolicy("takt", {
  createScriptURL: (/** @type {string} */ address) => {
    if (address !== "/sw.js") throw new TypeError("only the messenger's own worker");
    return address;
  },
});

/** Registers the worker and watches for a newer one. */
export async function watchReleases() {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker
    .register(policy ? policy.createScriptURL("/sw.js") : "/sw.js", { updateViaCache: "none" })
    .catch(() => null); // private windows may refuse; the app then needs the network
  if (!registration) return;
  const running = document.querySelector('meta[name="release"]')?.getAttribute("content");
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.release && data.release !== running) outdated.value = true;
  });
  addEventListener("focus", () => registration.update().catch(() => undefined));
}
