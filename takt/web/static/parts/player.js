// @ts-check
/** A small player for voice notes and audio files: play or pause, a slider, the time. One plays at a time. */
import { formatClock, t } from "../text.js";
import { button, element, iconElement } from "./dom.js";

/** @type {HTMLAudioElement | null} */
let playing = null;

/**
 * @param {{ media: { id: string }, voice?: boolean }} content
 * @param {import("../bubble.js").Context} context
 */
export function player({ media: medium, voice }, { media, play }) {
  const name = voice ? t("Voice note") : t("Audio");
  const audio = element("audio", "");
  const slider = element("input", "");
  const time = element("span", "time", "–:––");
  const toggle = button(t("Play"), "toggle", () => (audio.paused ? audio.play().catch(broken) : audio.pause()), iconElement("play"));
  const made = element("div", "player", toggle, slider, time, iconElement(voice ? "mic" : "music"), audio);
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", name);
  Object.assign(slider, { type: "range", min: "0", max: "1", step: "0.1", value: "0" });
  slider.setAttribute("aria-label", t("Position"));

  const whole = () => (Number.isFinite(audio.duration) ? audio.duration : 0);
  const show = () => {
    slider.max = String(whole() || 1);
    slider.value = String(audio.currentTime);
    slider.style.setProperty("--done", whole() ? String(audio.currentTime / whole()) : "0");
    time.textContent = formatClock(audio.currentTime || whole());
    slider.setAttribute("aria-valuetext", t("{at} of {whole}", { at: formatClock(audio.currentTime), whole: formatClock(whole()) }));
  };
  const turn = () => {
    toggle.setAttribute("aria-label", audio.paused ? t("Play") : t("Pause"));
    toggle.replaceChildren(iconElement(audio.paused ? "play" : "pause"));
  };
  function broken() {
    toggle.disabled = true;
    time.textContent = t("not available");
  }
  audio.addEventListener("play", () => {
    if (playing !== audio) playing?.pause();
    playing = audio;
    turn();
    if (voice) play();
  });
  audio.addEventListener("pause", turn);
  audio.addEventListener("ended", () => (audio.currentTime = 0));
  for (const event of ["loadedmetadata", "durationchange", "timeupdate"]) audio.addEventListener(event, show);
  audio.addEventListener("error", broken);
  slider.addEventListener("input", () => {
    audio.currentTime = Number(slider.value);
    show();
  });
  audio.preload = "metadata";
  audio.src = media(medium.id);
  return made;
}
