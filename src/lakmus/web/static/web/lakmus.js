// Small comforts for people who work with the keyboard. Every page works without this file.
(function () {
  "use strict";

  function typing(target) {
    return target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  function move(step) {
    const links = [...document.querySelectorAll("[data-list] [data-row]")].filter((link) => link.offsetParent !== null);
    if (!links.length) return false;
    const at = links.indexOf(document.activeElement);
    const next = links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  document.addEventListener("keydown", (press) => {
    if (press.ctrlKey || press.metaKey || press.altKey || typing(press.target)) return;
    const help = document.getElementById("keys");
    if (press.key === "?" && help) {
      help.open ? help.close() : help.showModal();
      press.preventDefault();
    } else if (press.key === "/") {
      const field = document.querySelector("[data-search]");
      if (field) {
        field.focus();
        field.select();
        press.preventDefault();
      }
    } else if (press.key === "j" || press.key === "о") {
      if (move(1)) press.preventDefault();
    } else if (press.key === "k" || press.key === "л") {
      if (move(-1)) press.preventDefault();
    }
  });

  // On a phone the row of a room's pages is wider than the window; the page that is open comes into sight.
  const current = document.querySelector(".rooms [aria-current]"), row = current && current.closest(".rooms");
  if (row) row.scrollLeft = current.getBoundingClientRect().left - row.getBoundingClientRect().left - 24;

  document.addEventListener("click", (click) => {
    const opener = click.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    const copier = click.target.closest("[data-copies]");
    if (copier && navigator.clipboard) {
      navigator.clipboard.writeText(document.getElementById(copier.dataset.copies).textContent.trim()).then(() => {
        copier.textContent = copier.dataset.done;
      });
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(click.target)) menu.open = false;
    }
  });

  // On a phone only the answer stands open; the rest is a heading with a button, until it is asked for or an address names a place in it.
  const unfold = (part) => {
    if (!part || !part.classList.contains("folded")) return;
    part.classList.remove("folded");
    part.querySelector(".unfold").remove();
  };
  const named = () => location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (matchMedia("(max-width: 760px)").matches) {
    for (const part of document.querySelectorAll("[data-fold]")) {
      const head = part.querySelector("tr.part th, h2");
      if (!head || (named() && part.contains(named()))) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button quiet unfold";
      button.textContent = part.dataset.fold;
      button.setAttribute("aria-label", `${part.dataset.fold}: ${head.textContent.trim()}`);
      button.addEventListener("click", () => {
        unfold(part);
        head.tabIndex = -1;
        head.focus();
      });
      if (head.matches("th")) head.append(button);
      else (head.closest(".section-head") || head).after(button);
      part.classList.add("folded");
    }
    addEventListener("hashchange", () => {
      if (!named()) return;
      unfold(named().closest(".folded"));
      named().scrollIntoView();
    });
  }

  document.addEventListener("keydown", (press) => {
    if (press.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // A page that asks again by itself says when nobody answers, and takes it back when somebody does.
  const say = (hidden) => {
    const unanswered = document.getElementById("unanswered");
    if (unanswered) unanswered.hidden = hidden;
  };
  document.addEventListener("htmx:sendError", () => say(false));
  document.addEventListener("htmx:afterOnLoad", () => say(true));

  // A select or a date marked so sends its form as soon as it changes.
  document.addEventListener("change", (change) => {
    if (change.target.matches("[data-sends]")) change.target.form.requestSubmit();
  });

  // Files: dragging over the field, their names, and how much has gone up. The answer may bring the field anew, so nothing hangs on it.
  const shown = (drop) => {
    drop.querySelector("[data-names]").textContent = [...drop.querySelector("input[type=file]").files].map((file) => file.name).join(", ");
  };
  document.addEventListener("change", (change) => {
    const drop = change.target.closest("[data-drop]");
    if (drop) shown(drop);
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (drag) => {
      const drop = drag.target instanceof Element && drag.target.closest("[data-drop]");
      if (!drop) return;
      drag.preventDefault();
      drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind !== "drop") return;
      drop.querySelector("input[type=file]").files = drag.dataTransfer.files;
      shown(drop);
    });
  }
  document.addEventListener("htmx:xhr:progress", (sent) => {
    const bar = document.getElementById("upload-progress");
    if (bar && sent.detail.lengthComputable) {
      bar.hidden = false;
      bar.max = sent.detail.total;
      bar.value = sent.detail.loaded;
    }
  });
  // A refusal of files is a page to be read, too.
  document.addEventListener("htmx:beforeSwap", (answer) => {
    if (answer.detail.target === document.body) answer.detail.shouldSwap = true;
  });
})();
