// Small manners for menus, dialogs and forms.
//   <details data-menu>              closes on Escape, on a click elsewhere, and when another opens
//   <button data-open="dialog-id">   opens a <dialog>; [data-close] inside closes it, so does a click on the backdrop
//   <form data-autosubmit>           is sent when a select, radio or checkbox in it changes (keep a button in <noscript>)
//   any <form method="post">         is sent once: its button is off until the page or the htmx answer comes
//   [data-check-all="name"]          ticks all checkboxes with that name

/** @param {Element | null} [except] */
function closeMenus(except) {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu !== except) menu.removeAttribute("open");
  });
}

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const menu = target.closest("details[data-menu]");
  closeMenus(menu);
  if (menu && target.closest("[data-close]")) menu.removeAttribute("open");
  const opener = /** @type {HTMLElement | null} */ (target.closest("[data-open]"));
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open || "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  }
  const dialog = target.closest("dialog");
  if (dialog && (target === dialog || target.closest("[data-close]"))) dialog.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-menu][open]");
  if (!open) return;
  open.removeAttribute("open");
  /** @type {HTMLElement | null} */ (open.querySelector("summary"))?.focus();
});

document.addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.dataset.checkAll) {
    document.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(input.dataset.checkAll)}"]`).forEach((box) => {
      /** @type {HTMLInputElement} */ (box).checked = input.checked;
    });
  }
  if (!input.form?.hasAttribute("data-autosubmit")) return;
  if (input.matches("select, [type=radio], [type=checkbox], [type=date]")) input.form.requestSubmit();
});

// A double click on a slow form must not send it twice.
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.method !== "post") return;
  const button = /** @type {SubmitEvent} */ (event).submitter;
  // After this turn, or the button's own name and value would be left out of the form.
  if (button) setTimeout(() => button.setAttribute("disabled", ""));
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form [type=submit][disabled]:not([data-off])").forEach((el) => el.removeAttribute("disabled"));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const source = /** @type {CustomEvent} */ (event).detail.elt;
  source.querySelectorAll?.("[type=submit][disabled]:not([data-off])").forEach((/** @type {Element} */ el) => el.removeAttribute("disabled"));
});
