// The pipeline board: drag a card, or press [ and ] (or Alt with the left and right arrow) on it. The move is shown at
// once and taken back when the server refuses. Contract: [data-board] > [data-stage] > [data-cards] > [data-card] with
// data-move-url and data-version; the answer is the whole [data-board], or pieces with ids and hx-swap-oob, or the one
// [data-card]. Without this script the form in the card's menu does the same.

/** @type {HTMLElement | null} */
let dragged = null;

/** @param {EventTarget | null} node @param {string} selector @returns {HTMLElement | null} */
const up = (node, selector) => (node instanceof Element ? node.closest(selector) : null);
/** @param {Element} column @returns {Element} */
const cardsOf = (column) => column.querySelector("[data-cards]") || column;

/** @param {string} text @param {string} [kind] */
function toast(text, kind = "error") {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
}

function csrfToken() {
  return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
}

/** @param {HTMLElement} card @param {string} stage */
function send(card, stage) {
  const body = new FormData();
  body.set("stage", stage);
  body.set("version", card.dataset.version || "");
  const headers = { "HX-Request": "true", "X-CSRFToken": csrfToken() };
  return fetch(card.dataset.moveUrl || "", { method: "POST", body, headers }).catch(() => null);
}

/** @param {Response | null} answer */
async function reason(answer) {
  if (!answer) return "No answer from the server. The card is back where it was.";
  const text = await answer.text();
  try {
    return JSON.parse(text).error.message;
  } catch {
    const said = new DOMParser().parseFromString(text, "text/html").querySelector("[data-error]")?.textContent?.trim();
    if (said) return said;
  }
  if (answer.status === 403) return "Your role does not move stages.";
  if (answer.status === 409) return "Someone moved this card meanwhile. Reload to see where it is.";
  return "The card could not be moved.";
}

/** @param {HTMLElement} card @param {string} html */
function applyAnswer(card, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const board = template.content.querySelector("[data-board]");
  const pieces = [...template.content.querySelectorAll("[hx-swap-oob]")];
  const one = template.content.querySelector("[data-card]");
  if (board) swap(/** @type {Element} */ (card.closest("[data-board]")), board);
  else if (pieces.length) {
    pieces.forEach((piece) => {
      const old = document.getElementById(piece.id);
      piece.removeAttribute("hx-swap-oob");
      if (old) swap(old, piece);
    });
  } else if (one) swap(card, one);
}

/** @param {Element} old @param {Element} fresh */
function swap(old, fresh) {
  const scroll = old.scrollLeft;
  old.replaceWith(fresh);
  // A board that jumped back to its first column would lose the card just moved.
  fresh.scrollLeft = scroll;
  /** @type {any} */ (window).htmx?.process(fresh);
}

/** @param {HTMLElement} card @param {HTMLElement} column */
async function move(card, column) {
  const stage = column.dataset.stage || "";
  const from = up(card, "[data-stage]");
  if (!from || from === column || card.classList.contains("is-moving")) return;
  const home = card.nextSibling;
  const focused = card.contains(document.activeElement);
  cardsOf(column).prepend(card);
  card.classList.add("is-moving");
  card.querySelector("details[open]")?.removeAttribute("open");
  if (focused) card.focus();
  const answer = await send(card, stage);
  const held = focused && (card.contains(document.activeElement) || document.activeElement === document.body);
  card.classList.remove("is-moving");
  if (answer?.ok) {
    applyAnswer(card, await answer.text());
    const now = card.id ? document.getElementById(card.id) : card;
    now?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (held) now?.focus({ preventScroll: true });
    return;
  }
  cardsOf(from).insertBefore(card, home?.parentNode === cardsOf(from) ? home : null);
  if (held) card.focus();
  toast(await reason(answer));
}

/** @param {HTMLElement} card @param {number} step */
function moveBy(card, step) {
  const board = /** @type {Element} */ (card.closest("[data-board]"));
  const columns = /** @type {HTMLElement[]} */ ([...board.querySelectorAll("[data-stage]")]);
  const here = columns.findIndex((column) => column.contains(card));
  const target = columns[here + step];
  if (target) move(card, target);
}

/** @param {HTMLElement} card @param {string} key */
function focusNear(card, key) {
  const columns = [...document.querySelectorAll("[data-board] [data-stage]")];
  const column = columns.findIndex((item) => item.contains(card));
  const cards = [...columns[column].querySelectorAll("[data-card]")];
  const place = cards.indexOf(card);
  let target = null;
  if (key === "ArrowUp") target = cards[place - 1];
  else if (key === "ArrowDown") target = cards[place + 1];
  else {
    const step = key === "ArrowRight" ? 1 : -1;
    for (let i = column + step; columns[i] && !target; i += step) {
      const others = columns[i].querySelectorAll("[data-card]");
      target = others[Math.min(place, others.length - 1)];
    }
  }
  /** @type {HTMLElement | null | undefined} */ (target)?.focus();
}

document.addEventListener("keydown", (event) => {
  const card = /** @type {HTMLElement} */ (event.target);
  if (!card.matches?.("[data-board] [data-card]") || event.ctrlKey || event.metaKey) return;
  const step = event.key === "]" || (event.altKey && event.key === "ArrowRight") ? 1 : event.key === "[" || (event.altKey && event.key === "ArrowLeft") ? -1 : 0;
  if (step) moveBy(card, step);
  else if (event.key.startsWith("Arrow") && !event.altKey) focusNear(card, event.key);
  else if (event.key === "Enter") /** @type {HTMLElement | null} */ (card.querySelector("a[href]"))?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const card = up(form, "[data-board] [data-card]");
  if (!card || !form.matches("[data-move-form]")) return;
  event.preventDefault();
  const stage = String(new FormData(form).get("stage"));
  const column = card.closest("[data-board]")?.querySelector(`[data-stage="${CSS.escape(stage)}"]`);
  if (column) move(card, /** @type {HTMLElement} */ (column));
});

document.addEventListener("dragstart", (event) => {
  dragged = up(event.target, "[data-board] [data-card]");
  if (!dragged) return;
  dragged.classList.add("is-dragging");
  event.dataTransfer?.setData("text/plain", dragged.id);
  if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragover", (event) => {
  const column = dragged && up(event.target, "[data-board] [data-stage]");
  document.querySelectorAll(".is-over").forEach((other) => other !== column && other.classList.remove("is-over"));
  if (!column) return;
  event.preventDefault();
  column.classList.add("is-over");
});
document.addEventListener("drop", (event) => {
  const column = up(event.target, "[data-board] [data-stage]");
  if (!dragged || !column) return;
  event.preventDefault();
  move(dragged, column);
});
document.addEventListener("dragend", () => {
  document.querySelectorAll(".is-over, .is-dragging").forEach((el) => el.classList.remove("is-over", "is-dragging"));
  dragged = null;
});
