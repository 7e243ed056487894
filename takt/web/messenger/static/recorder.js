// @ts-check
/** Recording a voice note: Opus in Ogg, which is what the server takes; what a browser gives in WebM is packed anew. */
import { html, useEffect, useRef, useSignal } from "/static/html.js";
import { formatClock, t } from "/static/text.js";
import { Icon, IconButton, toast } from "/static/ui.js";
import { writeOgg } from "./ogg.js";
import { readWebm } from "./webm.js";

/** A note ends by itself after this long. */
const RECORD_MS_MAX = 15 * 60_000;
/** Shorter ones were a slip of the finger. */
const RECORD_MS_MIN = 500;
const OGG = "audio/ogg;codecs=opus";
const WEBM = "audio/webm;codecs=opus";

/** What was recorded as Ogg. @param {Blob[]} chunks @param {string} type */
export async function packed(chunks, type) {
  const blob = new Blob(chunks, { type });
  if (type.startsWith("audio/ogg")) return blob.slice(0, blob.size, "audio/ogg");
  const { head, packets } = readWebm(new Uint8Array(await blob.arrayBuffer()));
  if (!head || packets.length === 0) throw new Error("no sound in the recording");
  return writeOgg(head, packets);
}

/** The line that stands in for the composer while it records. @param {{ send: (blob: Blob) => void, onClose: () => void }} props */
export function Recording({ send, onClose }) {
  const ms = useSignal(0);
  const recorder = useRef(/** @type {MediaRecorder | null} */ (null));
  const kept = useRef(false);
  useEffect(() => {
    let gone = false;
    /** @type {MediaStream | null} */
    let stream = null;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    let timer;
    const begin = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
      if (gone) return stop();
      const type = MediaRecorder.isTypeSupported(OGG) ? OGG : WEBM;
      const made = new MediaRecorder(stream, { mimeType: type });
      /** @type {Blob[]} */
      const chunks = [];
      const began = performance.now();
      made.ondataavailable = ({ data }) => chunks.push(data);
      made.onstop = async () => {
        stop();
        if (kept.current && ms.peek() >= RECORD_MS_MIN) send(await packed(chunks, type));
      };
      made.start();
      recorder.current = made;
      timer = setInterval(() => {
        ms.value = performance.now() - began;
        if (ms.value > RECORD_MS_MAX) finish();
      }, 250);
      return undefined;
    };
    const stop = () => {
      clearInterval(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
    begin().catch(() => {
      toast(t("This browser may not use the microphone. Allow it in the browser's settings."));
      onClose();
    });
    return () => {
      gone = true;
      if (recorder.current?.state === "recording") recorder.current.stop();
      else stop();
    };
  }, []);
  const finish = () => {
    kept.current = true;
    onClose();
  };
  return html`<div class="line recording" role="group" aria-label=${t("Voice note")}>
    <${IconButton} icon="trash-2" label=${t("Discard the recording")} onClick=${onClose} />
    <span class="pulse" aria-hidden="true" />
    <span role="timer" class="tabular">${formatClock(ms.value / 1000)}</span>
    <span class="quiet" role="status">${t("Recording …")}</span>
    <button type="button" class="icon-button primary" aria-label=${t("Send")} title=${t("Send")} onClick=${finish}>
      <${Icon} name="send-horizontal" />
    </button>
  </div>`;
}
