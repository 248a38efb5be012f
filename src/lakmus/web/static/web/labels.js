// Labelling by keyboard: a key ticks its box, Enter keeps, arrows skip and go back. The page works without this file.
(function () {
  "use strict";

  const form = document.querySelector("[data-labels]");
  if (!form) return;
  const text = form.querySelector(".label-text");
  text.focus({ preventScroll: true });

  document.addEventListener("keydown", (press) => {
    if (press.ctrlKey || press.metaKey || press.altKey || press.shiftKey) return;
    if (press.target.closest("select, textarea, input[type=text], summary, a, button, dialog")) return;
    const wanted = form.querySelector(`[data-key="${press.code}"]`) || (press.code === "NumpadEnter" && form.querySelector('[data-key="Enter"]'));
    if (!wanted) return;
    press.preventDefault();
    if (wanted.matches("[type=submit]")) {
      form.requestSubmit(wanted);
    } else {
      wanted.click();
      if (wanted.matches("input")) text.focus({ preventScroll: true });
    }
  });

  // The first code that is ticked is the main one until somebody says otherwise.
  const reason = form.querySelector("[name=reason]");
  let chosen = reason.value !== "";
  reason.addEventListener("change", () => {
    chosen = true;
  });
  form.addEventListener("change", (change) => {
    if (chosen || !change.target.matches("[name=codes]")) return;
    const first = form.querySelector("[name=codes]:checked");
    if (change.target.checked && !reason.value) reason.value = change.target.value;
    else if (!form.querySelector(`[name=codes][value="${reason.value}"]:checked`)) reason.value = first ? first.value : "";
  });
})();
