// Keyboard. Any element with data-key="g g" (keys with spaces between) and data-key-label answers to those keys:
// a field is focused, anything else is clicked. "?" shows them all. j / k move over [data-row] elements, Enter opens
// a row's first link. Silent while typing, inside the grid and in a dialog.

const PATIENCE_MS = 1200;
/** @type {string[]} */
let typed = [];
let since = 0;

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof Element &&
    Boolean(target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable], [data-grid], dialog[open]"))
  );
}

/** The page's own element wins over the navigation's; "/" is for its search box. @param {string} keys @returns {HTMLElement | null} */
function find(keys) {
  const selector = `[data-key="${CSS.escape(keys)}"]`;
  const inPage = keys === "/" ? `main ${selector}, main input[type="search"]` : `main ${selector}`;
  return document.querySelector(inPage) || document.querySelector(selector);
}

/** @param {HTMLElement} element */
function act(element) {
  if (element.matches("input, textarea, select")) {
    element.focus();
    if (element instanceof HTMLInputElement) element.select();
  } else {
    element.click();
  }
}

/** @param {number} step 1 down, -1 up */
function moveRow(step) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-row]")]).filter((row) => row.offsetParent);
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus();
}

/** @param {string} keys @param {string} label */
function keyRow(keys, label) {
  const term = document.createElement("dt");
  term.textContent = label;
  const value = document.createElement("dd");
  for (const key of keys.split(" ")) {
    const kbd = document.createElement("kbd");
    kbd.textContent = key.toUpperCase();
    value.append(kbd);
  }
  return [term, value];
}

function showAll() {
  const dialog = document.getElementById("keys-dialog");
  const list = dialog?.querySelector("[data-keys-list]");
  if (!(dialog instanceof HTMLDialogElement) || !list || dialog.open) return;
  if (!list.hasAttribute("data-filled")) {
    const seen = new Map();
    document.querySelectorAll("[data-key][data-key-label]").forEach((el) => {
      const { key = "", keyLabel = "" } = /** @type {HTMLElement} */ (el).dataset;
      if (!seen.has(key)) seen.set(key, keyLabel);
    });
    list.prepend(...[...seen].flatMap(([keys, label]) => keyRow(keys, label)));
    list.setAttribute("data-filled", "");
  }
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    showAll();
    return;
  }
  if (event.key === "Enter" && event.target instanceof Element && event.target.matches("[data-row]")) {
    /** @type {HTMLElement | null} */ (event.target.querySelector("a[href]"))?.click();
    return;
  }
  if (event.key.length !== 1) return;
  const now = performance.now();
  typed = now - since > PATIENCE_MS ? [] : typed.slice(-2);
  since = now;
  typed.push(event.key.toLowerCase());
  for (let start = 0; start < typed.length; start += 1) {
    const element = find(typed.slice(start).join(" "));
    if (!element) continue;
    event.preventDefault();
    typed = [];
    act(element);
    return;
  }
  if (typed.length === 1 || typed.at(-2) !== "g") {
    if (event.key === "j") moveRow(1);
    if (event.key === "k") moveRow(-1);
  }
});

// "#compose" in the address means: ready to type. A turn after load, because the browser's own jump to the fragment
// takes the focus away again.
function focusCompose() {
  if (location.hash !== "#compose") return;
  const box = document.getElementById("compose");
  const field = box?.matches("textarea, input") ? box : box?.querySelector("textarea, input:not([type=hidden])");
  /** @type {HTMLElement | null | undefined} */ (field)?.focus();
}
window.addEventListener("load", () => setTimeout(focusCompose));
window.addEventListener("hashchange", () => setTimeout(focusCompose));
document.addEventListener("click", (event) => {
  // The second "New note" on the same page changes no hash.
  if (event.target instanceof Element && event.target.closest('a[href$="#compose"]')) setTimeout(focusCompose, 50);
});
