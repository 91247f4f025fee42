// Toasts. Server: Django messages (templates/_parts/toast.html), or on an htmx answer the header
//   HX-Trigger: {"toast": {"text": "Deleted Alder Capital", "kind": "success", "undo": "/trash/12/restore/"}}
// Script: document.dispatchEvent(new CustomEvent("toast", {detail: {text, kind, undo}})).

const STAY_MS = 8000;

/** @typedef {{text?: string, value?: string, kind?: string, undo?: string}} ToastDetail */

/** @returns {string} the CSRF token that base.html puts on <body> */
function csrfToken() {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  } catch {
    return "";
  }
}

/** Fade a toast after a while, but never under the pointer or the focus. @param {Element} toast */
function fade(toast) {
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    toast.remove();
  }, STAY_MS);
}

/** @param {Element} toast */
function addClose(toast) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast-close";
  button.textContent = "✕";
  button.setAttribute("aria-label", "Dismiss");
  button.addEventListener("click", () => toast.remove());
  toast.append(button);
}

/** A plain form, so that Undo also works when the fetch of the page would not. @param {string} url */
function undoForm(url) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  for (const [name, value] of [["csrfmiddlewaretoken", csrfToken()], ["next", location.pathname + location.search]]) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  const button = document.createElement("button");
  button.type = "submit";
  button.textContent = "Undo";
  form.append(button);
  return form;
}

/** @param {ToastDetail} detail */
function show(detail) {
  const box = document.getElementById("toasts");
  const text = detail.text || detail.value;
  if (!box || !text) return;
  const toast = document.createElement("div");
  toast.className = `toast toast-${detail.kind || "success"}`;
  const words = document.createElement("p");
  words.textContent = text;
  toast.append(words);
  if (detail.undo && /^\/(?![/\\])/.test(detail.undo)) toast.append(undoForm(detail.undo));
  addClose(toast);
  box.append(toast);
  while (box.children.length > 4) box.firstElementChild?.remove();
  fade(toast);
}

document.addEventListener("toast", (event) => show(/** @type {CustomEvent<ToastDetail>} */ (event).detail));

// htmx leaves the page as it is when a request fails: say so, or the click looks dead.
document.addEventListener("htmx:sendError", () => show({ text: "No answer from the server. Nothing was saved.", kind: "error" }));
document.addEventListener("htmx:responseError", (event) => {
  const xhr = /** @type {CustomEvent} */ (event).detail.xhr;
  if (xhr.getResponseHeader("HX-Trigger")?.includes("toast")) return;
  let text = xhr.status >= 500 ? "Something broke on our side. Nothing was saved." : "That could not be done.";
  try {
    text = JSON.parse(xhr.responseText).error.message || text;
  } catch {
    // Not our JSON error: the general words stand.
  }
  show({ text, kind: "error" });
});

document.querySelectorAll("[data-toast]").forEach((toast) => {
  addClose(toast);
  fade(toast);
});
