// @ts-check
/** Bringing bytes to a server and telling how far they are, which `fetch` cannot. */

/** Bytes may take their time, as long as they move. */
const STILL_MS_MAX = 30_000;

/** @type {Set<XMLHttpRequest>} */
const underWay = new Set();

/** Lets go of all that is on its way, as if the server was not reached: whoever signs out brings nothing any more. */
export const stopUploads = () => underWay.forEach((request) => request.abort());

/**
 * Resolves to what the server said; status 0 means it was not reached.
 * @param {string} address
 * @param {Blob} blob
 * @param {(done: number) => void} told 0 to 1
 * @returns {Promise<{ status: number, body: any }>}
 */
export const upload = (address, blob, told) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let still;
    const moved = () => {
      clearTimeout(still);
      still = setTimeout(() => request.abort(), STILL_MS_MAX);
    };
    request.open("POST", address);
    request.responseType = "json";
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("x-takt", "1");
    request.setRequestHeader("content-type", blob.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => {
      moved();
      told(total > 0 ? loaded / total : 0);
    };
    request.onloadend = () => {
      clearTimeout(still);
      underWay.delete(request);
      resolve({ status: request.status, body: request.response });
    };
    moved();
    told(0);
    underWay.add(request);
    request.send(blob);
  });
