// @ts-check
// Sets the chosen theme before the first paint. A classic script in the head, so that nothing flashes.
// `auto` (nothing stored) follows the system. Pages change it with `window.taktTheme("dark")`.
(() => {
  const key = "takt.theme";
  const root = document.documentElement;

  /** @param {string | null} theme */
  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  const stored = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be switched off; the system's choice stands then
    }
  };

  /**
   * Reads or sets the theme: `taktTheme()` answers "auto", "light" or "dark"; with a value it is shown and kept.
   * @param {"auto" | "light" | "dark"} [theme]
   */
  const taktTheme = (theme) => {
    if (theme !== undefined) {
      try {
        if (theme === "auto") localStorage.removeItem(key);
        else localStorage.setItem(key, theme);
      } catch {
        // shown for this page only
      }
      show(theme);
    }
    return root.dataset.theme ?? "auto";
  };

  Object.assign(window, { taktTheme });
  show(stored());
  addEventListener("storage", (event) => event.key === key && show(event.newValue));
})();
