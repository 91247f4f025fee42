// The command palette: Ctrl/Cmd-K or a click on [data-palette] opens it; arrows choose, Enter goes, Escape closes.
// The server gives the lines (templates/search/palette.html), so what may be seen is decided there. Focus stays in the box:
// aria-activedescendant tells which line is meant. Without script the button is a link to the search page.

const dialog = document.getElementById("palette");
const box = /** @type {HTMLInputElement | null} */ (dialog?.querySelector("input[role=combobox]") ?? null);
const list = document.getElementById("palette-list");
const said = dialog?.querySelector("[data-palette-said]");
let asked = new AbortController();
/** What the lines on show belong to; null while others are on their way. @type {string | null} */
let shown = null;
/** Enter came before the lines did. */
let isHasty = false;

/** @returns {HTMLElement[]} */
const lines = () => [.../** @type {NodeListOf<HTMLElement>} */ (list?.querySelectorAll("[role=option]") ?? [])];
const chosen = () => lines().findIndex((line) => line.getAttribute("aria-selected") === "true");

/** @param {number} at */
function choose(at) {
  const all = lines();
  all.forEach((line, number) => line.setAttribute("aria-selected", String(number === at)));
  all[at]?.scrollIntoView({ block: "nearest" });
  if (all[at]) box?.setAttribute("aria-activedescendant", all[at].id);
  else box?.removeAttribute("aria-activedescendant");
}

/** @param {string} text */
async function ask(text) {
  asked.abort();
  asked = new AbortController();
  const mine = asked.signal;
  shown = null;
  let html = "";
  try {
    const answer = await fetch(`${dialog?.dataset.address}?${new URLSearchParams({ q: text })}`, { signal: mine });
    // Logged out meanwhile: the way in is a page of its own, not a line of this list.
    if (answer.redirected) return location.reload();
    if (answer.ok) html = await answer.text();
  } catch {
    // No connection: the box still leads to the search page, which then says what is wrong.
  }
  if (mine.aborted || !list) return;
  list.innerHTML = html;
  shown = text;
  choose(0);
  if (said) said.textContent = lines().length === 1 ? "1 line" : `${lines().length} lines`;
  if (isHasty) go();
}

function go() {
  isHasty = false;
  const line = lines()[chosen()];
  if (line) line.click();
  else box?.form?.submit();
}

function open() {
  if (!(dialog instanceof HTMLDialogElement) || !box || dialog.open) return;
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => menu.removeAttribute("open"));
  isHasty = false;
  box.value = "";
  dialog.showModal();
  box.focus();
  ask("");
}

box?.addEventListener("input", () => {
  isHasty = false;
  ask(box.value);
});

box?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const count = lines().length;
  if (step && count) {
    event.preventDefault();
    choose((chosen() + step + count) % count);
  }
  if (event.key === "Enter") {
    event.preventDefault();
    if (shown === box.value) go();
    else isHasty = true;
  }
});

list?.addEventListener("click", (event) => {
  // A line that only moves within this page loads nothing, so the palette must close itself.
  const line = event.target instanceof Element && event.target.closest("[role=option]");
  if (line && !event.ctrlKey && !event.metaKey && dialog instanceof HTMLDialogElement) dialog.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (!dialog || document.querySelector("dialog[open]:not(#palette)")) return;
  event.preventDefault();
  open();
});

document.addEventListener("click", (event) => {
  const opener = event.target instanceof Element && event.target.closest("[data-palette]");
  if (!opener || !dialog || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open();
});

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  document.querySelectorAll("[data-palette-key]").forEach((key) => {
    key.textContent = "⌘ K";
  });
}
