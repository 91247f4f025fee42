// Colour theme: system, light or dark, remembered per browser. Loaded in <head> without defer, so that a dark
// page never flashes white first.
(() => {
  const KEY = "roundtable.theme";
  const ORDER = ["system", "light", "dark"];
  const root = document.documentElement;

  /** @returns {string} what was chosen; "system" when nothing was or storage is closed */
  const stored = () => {
    try {
      return localStorage.getItem(KEY) || "system";
    } catch {
      return "system";
    }
  };

  /** @param {string} theme */
  const apply = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    document.querySelectorAll("[data-theme-label]").forEach((el) => {
      el.textContent = `Theme: ${theme}`;
    });
  };

  apply(stored());
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-theme-toggle]").forEach((el) => {
      /** @type {HTMLElement} */ (el).hidden = false;
    });
    apply(stored());
  });
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.closest("[data-theme-toggle]")) return;
    const next = ORDER[(ORDER.indexOf(stored()) + 1) % ORDER.length];
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // Storage closed (private window): the choice holds for this page only.
    }
    apply(next);
  });
})();
