// The fundraising grid: a spreadsheet over server-rendered cells. Contract (templates/_parts/cell_editor.html):
//   table[data-grid] td[data-cell], editable with data-edit-url, data-field, data-version, data-value, data-subject.
//   GET edit-url -> form[data-editor]; POST -> 200 new <td> (X-Row-Version) | 422 editor with error | 409 both values.
// One focus owner (the current cell) and one key handler for all grids. A save never moves the focus: a cell that was
// refused stays open with its reason where it is, while the user is already somewhere else.

/** Keys typed while an editor is on its way. @type {WeakMap<HTMLElement, {text: string | null, commit: boolean}>} */
const loading = new WeakMap();
/** Saves of one record go one after another: each needs the version the last one made. @type {Map<string, Promise<void>>} */
const queues = new Map();
/** @type {{url: string, value: string}[]} */
const undoStack = [];
const NO_ANSWER = "No answer from the server. Not saved yet; Enter tries again.";

/** @param {EventTarget | null} node @returns {HTMLElement | null} */
const cellOf = (node) => (node instanceof Element ? node.closest("[data-grid] [data-cell]") : null);
/** @param {HTMLElement} cell @returns {HTMLFormElement | null} */
const editorOf = (cell) => cell.querySelector("form[data-editor]");
/** @param {HTMLElement} cell @returns {HTMLInputElement | HTMLSelectElement | null} */
const controlOf = (cell) => cell.querySelector('form[data-editor] [name="value"]:not([type="hidden"])');
/** @param {Element} row @returns {HTMLElement[]} */
const cellsIn = (row) => [...row.querySelectorAll(":scope > [data-cell]")].map((cell) => /** @type {HTMLElement} */ (cell));

/** @param {string} text */
const toast = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind: "error" } }));

const csrfToken = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

// Moving

/** @param {HTMLElement} cell @param {number} down @param {number} right @returns {HTMLElement} */
function neighbour(cell, down, right) {
  const row = /** @type {Element} */ (cell.parentElement);
  const column = cellsIn(row).indexOf(cell);
  if (!down) return cellsIn(row)[column + right] || cell;
  const table = /** @type {Element} */ (cell.closest("[data-grid]"));
  const rows = [...table.querySelectorAll("tbody tr")].filter((tr) => cellsIn(tr).length);
  const target = rows[rows.indexOf(row) + down];
  return (target && cellsIn(target)[column]) || cell;
}

/** @param {HTMLElement} cell */
function focusCell(cell) {
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The one cell of a grid that Tab reaches. @param {HTMLElement} cell */
function makeCurrent(cell) {
  const table = /** @type {Element} */ (cell.closest("[data-grid]"));
  table.querySelectorAll('[data-cell][tabindex="0"]').forEach((other) => other.setAttribute("tabindex", "-1"));
  cell.tabIndex = 0;
}

/** @param {ParentNode} root */
function prepare(root) {
  root.querySelectorAll("[data-grid]").forEach((table) => {
    table.setAttribute("role", "grid");
    table.querySelectorAll("[data-cell]:not([tabindex])").forEach((cell) => cell.setAttribute("tabindex", "-1"));
    // Inside a grid the arrows move and Enter follows; 50 links must not be 50 stops of the Tab key.
    table.querySelectorAll("[data-cell] a[href]").forEach((link) => link.setAttribute("tabindex", "-1"));
    const first = /** @type {HTMLElement | null} */ (table.querySelector("[data-cell]"));
    if (first && !table.querySelector('[data-cell][tabindex="0"]')) first.tabIndex = 0;
  });
}

// Editors

/** @param {HTMLElement} cell @param {string} html an editor, error or conflict fragment */
function showEditor(cell, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const form = template.content.querySelector("form[data-editor]");
  if (!(form instanceof HTMLFormElement)) return false;
  const focused = cell.contains(document.activeElement);
  // The value stays underneath: it keeps the column as wide as it was, and is back at once on Escape.
  editorOf(cell)?.remove();
  cell.append(form);
  cell.classList.remove("is-saving");
  cell.classList.add("is-editing");
  const control = controlOf(cell);
  form.dataset.initial = control ? control.value : "";
  const wrong = form.hasAttribute("data-conflict") || Boolean(form.querySelector(".cell-error"));
  cell.classList.toggle("has-error", wrong);
  if (focused) (control || form.querySelector("button"))?.focus();
  return true;
}

/** @param {HTMLElement} cell */
function restore(cell) {
  loading.delete(cell);
  editorOf(cell)?.remove();
  cell.classList.remove("is-editing", "is-saving", "has-error");
}

/** Put typed text in place of the value. @param {HTMLElement} cell @param {string} text */
function replaceValue(cell, text) {
  const control = controlOf(cell);
  if (control instanceof HTMLSelectElement) {
    const start = text.toLowerCase();
    const option = [...control.options].find((item) => item.text.trim().toLowerCase().startsWith(start));
    if (option) control.value = option.value;
  } else if (control) {
    control.value = text;
  }
}

/** @param {HTMLElement} cell @param {string | null} text what replaces the value; null keeps it */
async function openEditor(cell, text) {
  if (editorOf(cell)) {
    controlOf(cell)?.focus();
    if (text !== null) replaceValue(cell, text);
    return;
  }
  const url = cell.dataset.editUrl;
  if (!url) {
    if (text === null) /** @type {HTMLElement | null} */ (cell.querySelector("a[href], input"))?.click();
    return;
  }
  const waiting = { text, commit: false };
  loading.set(cell, waiting);
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (loading.get(cell) !== waiting) return;
  loading.delete(cell);
  if (!answer?.ok || !showEditor(cell, await answer.text())) {
    toast(answer ? await reason(answer, "This cell cannot be edited.") : "No answer from the server.");
    return;
  }
  const control = controlOf(cell);
  if (waiting.text !== null) replaceValue(cell, waiting.text);
  if (waiting.commit) commit(cell, true);
  else if (document.activeElement === cell || cell.contains(document.activeElement)) focusControl(control, waiting.text === null);
  else commit(cell, false);
}

/** @param {HTMLInputElement | HTMLSelectElement | null} control @param {boolean} selectAll */
function focusControl(control, selectAll) {
  control?.focus();
  if (!(control instanceof HTMLInputElement)) return;
  if (selectAll) control.select();
  else if (/^(text|search|tel|url)$/.test(control.type)) control.setSelectionRange(control.value.length, control.value.length);
}

/** Words for a refusal that is no editor. @param {Response} answer @param {string} otherwise */
async function reason(answer, otherwise) {
  if (answer.bodyUsed) return otherwise;
  try {
    return JSON.parse(await answer.text()).error.message || otherwise;
  } catch {
    return answer.status === 403 ? "Your role does not allow this change." : otherwise;
  }
}

// Saving

/** @param {HTMLElement} cell @param {boolean} meant false when the focus merely left the cell @param {HTMLElement | null} [button] */
function commit(cell, meant, button = null) {
  const form = editorOf(cell);
  if (!form || form.dataset.busy) return;
  const unchanged = !button && controlOf(cell)?.value === form.dataset.initial;
  const wrong = cell.classList.contains("has-error");
  if (!meant && wrong && (unchanged || form.hasAttribute("data-conflict"))) return;
  if (unchanged && !wrong) {
    restore(cell);
    return;
  }
  const body = new FormData(form);
  if (button instanceof HTMLButtonElement && button.name) body.set(button.name, button.value);
  form.dataset.busy = "1";
  enqueue(cell, body);
}

/** @param {HTMLElement} cell @param {FormData} body */
function enqueue(cell, body) {
  cell.classList.add("is-saving");
  const row = /** @type {HTMLElement} */ (cell.parentElement);
  const key = `${row.sectionRowIndex}/${cell.dataset.subject || ""}`;
  const last = queues.get(key) || Promise.resolve();
  // A save that breaks off must not block those behind it.
  queues.set(key, last.then(() => save(cell, body)).catch(() => refuse(cell, NO_ANSWER)));
}

/** @param {HTMLElement} cell @param {FormData} body */
async function save(cell, body) {
  const newest = Math.max(Number(body.get("version")), Number(cell.dataset.version));
  // Our own earlier save of this row has made a newer version than the one the editor was opened on.
  if (Number.isFinite(newest)) body.set("version", String(newest));
  const headers = { "HX-Request": "true", "X-CSRFToken": csrfToken() };
  const url = cell.dataset.editUrl || "";
  const answer = await fetch(url, { method: "POST", body, headers }).catch(() => null);
  if (answer?.ok) {
    const value = cell.dataset.value || "";
    if (body.get("choice") !== "theirs" && !body.has("undo")) undoStack.push({ url, value });
    replaceCell(cell, await answer.text(), answer.headers.get("X-Row-Version"));
    return;
  }
  cell.classList.remove("is-saving");
  if (answer && (answer.status === 422 || answer.status === 409) && showEditor(cell, await answer.text())) return;
  refuse(cell, answer ? await reason(answer, "This could not be saved.") : NO_ANSWER);
}

/** Keep what was typed, and say why it was not taken. @param {HTMLElement} cell @param {string} text */
function refuse(cell, text) {
  const form = editorOf(cell);
  cell.classList.remove("is-saving");
  if (!form) return toast(text);
  delete form.dataset.busy;
  form.querySelector(".cell-error")?.remove();
  const words = document.createElement("p");
  words.className = "cell-error";
  words.setAttribute("role", "alert");
  words.textContent = text;
  form.append(words);
  cell.classList.add("has-error");
}

/** @param {HTMLElement} cell @param {string} html the new <td> @param {string | null} version */
function replaceCell(cell, html, version) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const fresh = /** @type {HTMLElement | null} */ (template.content.querySelector("[data-cell]"));
  if (!fresh) return restore(cell);
  const focused = cell.contains(document.activeElement);
  fresh.tabIndex = cell.tabIndex;
  fresh.classList.add("is-saved");
  const row = cell.parentElement;
  cell.replaceWith(fresh);
  if (focused) fresh.focus({ preventScroll: true });
  if (row && version) {
    cellsIn(row).forEach((other) => {
      if (other.dataset.subject === fresh.dataset.subject && other.dataset.version) other.dataset.version = version;
    });
  }
  /** @type {any} */ (window).htmx?.process(fresh);
  prepare(document);
}

/** Save without an editor (paste, undo). @param {HTMLElement} cell @param {string} value @param {boolean} [isUndo] */
function saveValue(cell, value, isUndo = false) {
  if (!cell.dataset.editUrl || editorOf(cell) || cell.dataset.value === value) return;
  const body = new FormData();
  body.set("value", value);
  body.set("version", cell.dataset.version || "");
  body.set("field", cell.dataset.field || "");
  if (isUndo) body.set("undo", "1");
  enqueue(cell, body);
}

function undoLast() {
  const last = undoStack.pop();
  if (!last) return;
  const cell = /** @type {HTMLElement | null} */ (document.querySelector(`[data-edit-url="${CSS.escape(last.url)}"]`));
  if (!cell) return;
  focusCell(cell);
  saveValue(cell, last.value, true);
}

// Keys

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @param {KeyboardEvent} event @param {HTMLElement} cell @returns {boolean} whether the key was used */
function keyInEditor(event, cell) {
  const conflict = editorOf(cell)?.hasAttribute("data-conflict");
  if (event.key === "Escape") {
    restore(cell);
    focusCell(cell);
    return true;
  }
  if (conflict || event.isComposing || event.target instanceof HTMLButtonElement) return false;
  if (event.key !== "Enter" && event.key !== "Tab") return false;
  const back = event.shiftKey ? -1 : 1;
  const target = event.key === "Enter" ? neighbour(cell, back, 0) : neighbour(cell, 0, back);
  commit(cell, true);
  focusCell(target);
  return true;
}

/** @param {KeyboardEvent} event @param {HTMLElement} cell */
function keyWhileLoading(event, cell) {
  const waiting = loading.get(cell);
  if (!waiting) return false;
  if (event.key === "Escape") loading.delete(cell);
  else if (event.key === "Enter" || event.key === "Tab") {
    waiting.commit = true;
    focusCell(event.key === "Enter" ? neighbour(cell, 1, 0) : neighbour(cell, 0, event.shiftKey ? -1 : 1));
  } else if (event.key.length === 1) waiting.text = (waiting.text || "") + event.key;
  else if (event.key === "Backspace") waiting.text = (waiting.text || "").slice(0, -1);
  else return false;
  return true;
}

/** @param {KeyboardEvent} event @param {HTMLElement} cell @returns {boolean} */
function keyToMove(event, cell) {
  const row = cellsIn(/** @type {Element} */ (cell.parentElement));
  if (event.key in ARROWS) focusCell(neighbour(cell, ...ARROWS[event.key]));
  else if (event.key === "Home") focusCell(row[0]);
  else if (event.key === "End") focusCell(/** @type {HTMLElement} */ (row.at(-1)));
  else if (event.key === "Escape") cell.blur();
  else return false;
  return true;
}

/** @param {KeyboardEvent} event @param {HTMLElement} cell @returns {boolean} */
function keyToEdit(event, cell) {
  if (event.key === "Enter" || event.key === "F2") openEditor(cell, null);
  else if (event.key === "Backspace" || event.key === "Delete") openEditor(cell, "");
  else if (event.key === " " && cell.querySelector("input[type=checkbox]")) {
    /** @type {HTMLElement} */ (cell.querySelector("input[type=checkbox]")).click();
  } else if (event.key.length === 1 && cell.dataset.editUrl) openEditor(cell, event.key);
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  const cell = cellOf(event.target);
  if (!cell) return;
  const inEditor = event.target instanceof Element && event.target.closest("form[data-editor]");
  let used = false;
  if (inEditor) used = keyInEditor(event, cell);
  else if ((event.ctrlKey || event.metaKey) && event.key === "z") {
    undoLast();
    used = true;
  } else if (!event.ctrlKey && !event.metaKey && !event.altKey) {
    used = keyWhileLoading(event, cell) || keyToMove(event, cell) || keyToEdit(event, cell);
  }
  if (used) event.preventDefault();
});

// Pointer, focus, clipboard

document.addEventListener("focusin", (event) => {
  const cell = cellOf(event.target);
  if (cell) makeCurrent(cell);
});
document.addEventListener("focusout", (event) => {
  const cell = cellOf(event.target);
  if (!cell || !editorOf(cell)) return;
  // A turn later: when only the window lost the focus, the control is still the active element.
  setTimeout(() => {
    if (!cell.contains(document.activeElement)) commit(cell, false);
  });
});
document.addEventListener("dblclick", (event) => {
  const cell = cellOf(event.target);
  if (cell?.dataset.editUrl && !editorOf(cell)) openEditor(cell, null);
});
/** @type {HTMLElement | null} */
let touched = null;
document.addEventListener("pointerdown", (event) => {
  const cell = cellOf(event.target);
  touched = cell && event.pointerType !== "mouse" && document.activeElement === cell ? cell : null;
});
document.addEventListener("click", () => {
  // A finger has no double click that a phone would not zoom on: the second tap on the current cell edits.
  if (touched?.dataset.editUrl && !editorOf(touched)) openEditor(touched, null);
  touched = null;
});
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLElement} */ (event.target);
  const cell = cellOf(form);
  if (!cell || !form.matches("form[data-editor]")) return;
  event.preventDefault();
  commit(cell, true, /** @type {SubmitEvent} */ (event).submitter);
});
document.addEventListener("copy", (event) => {
  const cell = cellOf(document.activeElement);
  if (!cell || cell !== document.activeElement || String(getSelection())) return;
  event.clipboardData?.setData("text/plain", cell.dataset.value ?? cell.innerText.trim());
  event.preventDefault();
});
document.addEventListener("paste", (event) => {
  const cell = cellOf(document.activeElement);
  if (!cell || cell !== document.activeElement) return;
  event.preventDefault();
  const lines = (event.clipboardData?.getData("text/plain") || "").replace(/\r?\n$/, "").split(/\r?\n/);
  /** @type {HTMLElement} */
  let start = cell;
  for (const line of lines) {
    let target = start;
    for (const value of line.split("\t")) {
      saveValue(target, value.trim());
      const right = neighbour(target, 0, 1);
      if (right === target) break;
      target = right;
    }
    const below = neighbour(start, 1, 0);
    if (below === start) break;
    start = below;
  }
});

document.addEventListener("htmx:load", (event) => prepare(/** @type {Element} */ (event.target).parentElement || document));
prepare(document);
