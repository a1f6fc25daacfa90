/* What makes pages pleasanter. Every page works without it. */
(() => {
  "use strict";
  const page = document;
  const figures = new Intl.NumberFormat(page.documentElement.lang || "fr");

  /* The length of a text, before the limits that the page already says. */
  function count(field) {
    const place = page.getElementById(`${field.id}_counter`);
    if (!place) return;
    place.dataset.limits ??= place.textContent.trim();
    const { length } = field.value;
    place.textContent = length ? `${figures.format(length)} · ${place.dataset.limits}` : place.dataset.limits;
    place.classList.toggle("is-over", field.maxLength > 0 && length > field.maxLength);
  }

  /* A draft that keeps itself: <form data-autosave="address" data-saved="…" data-unsaved="…">, and inside it
     an element [data-autosave-status]. Posts the whole form three seconds after the last key. */
  function autosave(form) {
    const status = form.querySelector("[data-autosave-status]");
    let timer = 0;
    let kept = new URLSearchParams(new FormData(form)).toString();
    const say = (words) => { if (status && words) status.textContent = words; };
    const save = async () => {
      const now = new URLSearchParams(new FormData(form)).toString();
      if (now === kept || form.dataset.sending) return;
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" }, keepalive: now.length < 30000,
        });
        if (!answer.ok) throw new Error(answer.status);
        kept = now;
        say(form.dataset.saved);
      } catch {
        say(form.dataset.unsaved);
      }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 3000); });
    page.addEventListener("visibilitychange", () => { if (page.hidden) save(); });
  }

  /* Which of two columns a phone shows: the choice holds from page to page of a visit. */
  function keepSwitch(choice) {
    const name = `switch-${choice.name}`;
    try {
      if (sessionStorage.getItem(name) === choice.id) choice.checked = true;
      choice.addEventListener("change", () => sessionStorage.setItem(name, choice.id));
    } catch { /* a browser that keeps nothing shows the first column */ }
  }

  function prepare(root) {
    root.querySelectorAll("[data-counter]").forEach(count);
    root.querySelectorAll("form[data-autosave]").forEach(autosave);
    root.querySelectorAll("input[data-switch]").forEach(keepSwitch);
    root.querySelector("[data-focus]")?.focus();
  }

  page.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-counter]")) count(event.target);
  });

  /* One press, one sending. Disabled after the press, so that the button's own name is still sent. */
  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => {
      if (!button.disabled) { button.disabled = true; button.dataset.paused = "1"; }
    }));
  });
  addEventListener("pageshow", () => {
    page.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending);
    page.querySelectorAll("[data-paused]").forEach((button) => { button.disabled = false; delete button.dataset.paused; });
  });
  page.addEventListener("htmx:load", (event) => { if (event.detail.elt !== page.body) prepare(event.detail.elt); });

  /* Menus close on Escape and when one looks elsewhere. */
  page.addEventListener("click", (event) => page.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }));
  page.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && page.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  prepare(page);
})();
