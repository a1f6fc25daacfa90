/* Answering arguments from the keyboard. The keys answer only while the focus is on an argument, outside text fields:
   nothing happens to somebody who speaks to their computer or types elsewhere (WCAG 2.1.4). The page works without. */
(() => {
  "use strict";
  const page = document;
  const TEXT = "textarea, select, input:not([type=radio]):not([type=checkbox])";
  const items = () => [...page.querySelectorAll("[data-inbox] > li")];

  function showKeys() {
    const keys = page.querySelector("[data-keys]");
    if (!keys) return;
    keys.open = true;
    keys.querySelector("summary").focus();
    keys.scrollIntoView({ block: "nearest" });
  }

  /* 1 publishes at once; 2 and 3 ask why first. */
  function choose(item, place) {
    const form = item.querySelector(".answer");
    const choice = form?.querySelectorAll(".verdict input")[place];
    if (!choice) return;
    form.closest("details")?.setAttribute("open", "");
    choice.checked = true;
    if (place === 0) form.requestSubmit();
    else form.querySelector("textarea").focus();
  }

  function move(item, by) {
    const all = items();
    const next = all[all.indexOf(item) + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  /* A link from one column to the other (data-shows: the switch of that one): on a phone, only one is shown. */
  page.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-shows]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const choice = page.getElementById(link.dataset.shows);
    const column = page.querySelector(`[data-column="${choice.id}"]`);
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    column.scrollIntoView();
    column.querySelector("h2").focus({ preventScroll: true });
    event.preventDefault();
  });

  page.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches(".answer textarea")) {
      event.target.form.requestSubmit();
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const inbox = event.target.closest?.(".workshop__inbox");
    if (!inbox) return;
    const item = event.target.closest("[data-inbox] > li");
    if (event.target.matches(TEXT)) {
      if (event.key === "Escape" && item) item.focus();
      return;
    }
    const does = {
      j: () => (item ? move(item, 1) : items()[0]?.focus()),
      k: () => (item ? move(item, -1) : items().at(-1)?.focus()),
      1: () => item && !event.repeat && choose(item, 0),
      2: () => item && choose(item, 1),
      3: () => item && choose(item, 2),
      "?": showKeys,
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });

  const reveal = (root) => root.querySelectorAll("[data-keys]").forEach((keys) => { keys.hidden = false; });
  page.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
  reveal(page);
})();
