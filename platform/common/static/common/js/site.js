/* What makes pages pleasanter. Every page works without it. */
(() => {
  "use strict";
  const page = document;
  const figures = new Intl.NumberFormat(page.documentElement.lang || "fr");

  /* How many signs a reader sees: as common.text.visible_length counts them. */
  const seen = (text) => [...text.replace(/[\p{Cf}\p{Mn}\p{Me}\u115f\u1160\u3164\uffa0\u2800]/gu, "")
    .replace(/\r\n|[\r\v\f\x85\u2028\u2029]/g, "\n").replace(/[\0-\x08\x0e-\x1f\x7f-\x9f]/g, "").normalize("NFC")
    .replace(/[^\S\n]+/g, " ").replace(/ ?\n ?/g, "\n").replace(/\n{3,}/g, "\n\n").trim()].length;

  /* The length of a text, before the limits that the page already says. */
  function count(field) {
    const place = page.getElementById(`${field.id}_counter`);
    if (!place) return;
    place.dataset.limits ??= place.textContent.trim();
    const length = seen(field.value);
    const most = Number(field.dataset.counter.split("-")[1]);
    place.textContent = length ? `${figures.format(length)} · ${place.dataset.limits}` : place.dataset.limits;
    if (length > most && place.dataset.over) place.textContent += ` · ${figures.format(length - most)} ${place.dataset.over}`;
    place.classList.toggle("is-over", length > most);
  }

  /* What was refused for its length alone is no longer said once it fits: <ul data-until-fits>, of that field. */
  function forgive(field) {
    const said = field.ariaInvalid === "true" && page.getElementById(`${field.id}_error`);
    if (!said || !("untilFits" in said.dataset)) return;
    const [least, most] = field.dataset.counter?.split("-").map(Number) ?? [field.minLength, field.maxLength];
    const length = seen(field.value);
    if (length < Math.max(least, 1) || (most > 0 && length > most)) return;
    const described = field.getAttribute("aria-describedby") ?? "";
    field.setAttribute("aria-describedby", described.split(" ").filter((id) => id !== said.id).join(" "));
    field.removeAttribute("aria-invalid");
    field.classList.remove("is-invalid");
    said.remove();
  }

  /* What the page of a refusal says: its title, its first sentence, the way on if it marks one. Null if it is none of
     ours. Nothing of it is put into this page but words and that link. */
  function refusalIn(html) {
    const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    const [title, why] = ["h1", "p:not(.kicker)"].map((part) => main?.querySelector(part)?.textContent.trim() ?? "");
    if (!title) return null;
    const link = main.querySelector("a[data-way-on]");
    const way = link && Object.assign(page.createElement("a"), { href: link.getAttribute("href"), textContent: link.textContent });
    return { title, why, way, words: `${title}. ${why}` };
  }

  /* A draft that keeps itself: <form data-autosave="address" data-saved="…" data-unsaved="…">, and inside it
     an element [data-autosave-status]. Posts the whole form, and "autosave", three seconds after the last key.
     The first answer says where the draft now lives (X-Draft-Url): from then on everything goes there. Each answer
     says what is kept now (X-Draft-Seen), for the field "seen"; 409: another device has written, say so and stop. */
  function autosave(form) {
    const status = form.querySelector("[data-autosave-status]");
    let timer = 0;
    let busy = null;
    let gone = false;
    const typed = () => {
      const fields = new URLSearchParams(new FormData(form));
      ["seen", "shown", "nudged"].forEach((name) => fields.delete(name));
      return fields.toString();
    };
    let kept = typed();
    const say = (words) => { if (status && words) status.textContent = words; };
    const send = async () => {
      const now = typed();
      const body = new FormData(form);
      body.append("autosave", "1");
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body, keepalive: now.length < 30000 });
        if (answer.status === 409) { gone = true; say(form.dataset.conflict); return; }
        if (!answer.ok) { say(refusalIn(await answer.text())?.words ?? form.dataset.unsaved); return; }
        kept = now;
        say(form.dataset.saved);
        if (form.elements.seen) form.elements.seen.value = answer.headers.get("X-Draft-Seen") ?? "";
        const draft = answer.headers.get("X-Draft-Url");
        if (draft && draft !== form.dataset.autosave) {
          form.dataset.autosave = draft;
          form.action = draft;
          history.replaceState(null, "", draft);
        }
      } catch {
        say(form.dataset.unsaved);
      }
    };
    const save = () => {
      if (busy || gone || form.dataset.sending || typed() === kept) return;
      busy = send().finally(() => { busy = null; });
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 3000); });
    page.addEventListener("visibilitychange", () => { if (page.hidden) save(); });
    /* Pressed while a first saving is under way: wait for its address, or there would be two drafts. */
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (!busy) return;
      event.preventDefault();
      const { submitter } = event;
      busy.then(() => form.requestSubmit(submitter));
    });
  }

  /* Which of two columns a phone shows: the choice holds from page to page of a visit.
     An address that leads to something in a column (<section data-column="id of its switch">) shows that one. */
  function keepSwitch(choice) {
    const name = `switch-${choice.name}`;
    const place = page.getElementById(location.hash.slice(1));
    const column = place?.closest("[data-column]")?.dataset.column;
    try {
      if ((column ?? sessionStorage.getItem(name)) === choice.id) choice.checked = true;
      choice.addEventListener("change", () => sessionStorage.setItem(name, choice.id));
    } catch { /* a browser that keeps nothing shows the first column */ }
    if (column === choice.id) place.scrollIntoView();
  }

  function prepare(root) {
    root.querySelectorAll("[data-counter]").forEach(count);
    root.querySelectorAll("form[data-autosave]").forEach(autosave);
    root.querySelectorAll("input[data-switch]").forEach(keepSwitch);
    const wanted = root.querySelector("[data-focus]");
    if (wanted) wanted.focus();
    /* What was pressed is gone with what htmx replaced: go on reading from there, not from the top of the page. */
    else if (root !== page && page.activeElement === page.body) { root.tabIndex = -1; root.focus({ preventScroll: true }); }
  }

  page.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-counter]")) count(event.target);
    if (event.target.matches?.("[aria-invalid]")) forgive(event.target);
  });

  /* One press, one sending. Disabled after the press, so that the button’s own name is still sent.
     A download (<form data-download>) leaves the page where it is: it may be asked for again, and what was refused
     before is no longer said (were it refused anew, another page would come). */
  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if ("download" in form.dataset) {
      form.querySelectorAll(".form-errors, .field-errors").forEach((said) => said.remove());
      form.querySelectorAll("[aria-invalid]").forEach((field) => {
        field.removeAttribute("aria-invalid");
        field.classList.remove("is-invalid");
      });
      return;
    }
    const heavy = [...form.querySelectorAll("[data-heaviest]")].find((field) => field.files[0]?.size > Number(field.dataset.heaviest));
    if (heavy) {
      event.preventDefault();
      heavy.setCustomValidity(heavy.dataset.tooHeavy);
      heavy.reportValidity();
      heavy.addEventListener("change", () => heavy.setCustomValidity(""), { once: true });
      return;
    }
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => {
      if (!button.disabled) { button.disabled = true; button.dataset.paused = "1"; }
    }));
  });
  /* Whoever sends something knows how it works: the guide of the first visit (guide.js) has done its part. */
  page.addEventListener("submit", (event) => {
    try { if (event.target.method === "post") localStorage.setItem("guide", "acted"); } catch { /* shown again */ }
  }, true);
  addEventListener("pageshow", () => {
    page.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending);
    page.querySelectorAll("[data-paused]").forEach((button) => { button.disabled = false; delete button.dataset.paused; });
  });
  /* htmx could not send, or got no page back: say so at the foot of the screen (layouts/city.html), in the words of
     the server if it has answered. */
  const notSent = (shown, refusal = null) => page.querySelectorAll("[data-not-sent]").forEach((place) => {
    const said = place.querySelector("[data-said]");
    place.querySelector("[data-usual]").hidden = Boolean(refusal);
    said.hidden = !refusal;
    said.querySelector("[data-title]").textContent = refusal?.title ?? "";
    said.querySelector("[data-why]").textContent = refusal?.why ?? "";
    said.querySelector("[data-way-on]").replaceChildren(...(refusal?.way ? [refusal.way] : []));
    place.hidden = !shown;
  });
  page.addEventListener("htmx:beforeRequest", () => notSent(false));
  /* A draft that keeps itself says so where it is written; what is only asked while one types is not missed. */
  ["sendError", "responseError"].forEach((failed) => page.addEventListener(`htmx:${failed}`, (event) => {
    if (event.target.closest?.("form[data-autosave]")) return;
    notSent(true, refusalIn(event.detail.xhr?.responseText ?? ""));
  }));
  /* Sent on to a place of the very same page, a browser would only scroll: load it again, what is new is there. */
  page.addEventListener("htmx:beforeOnLoad", (event) => {
    const target = event.detail.xhr.getResponseHeader("HX-Redirect");
    if (!target || new URL(target, location).pathname !== location.pathname) return;
    event.preventDefault();
    history.replaceState(null, "", target);
    history.scrollRestoration = "manual";
    location.reload();
  });
  if (history.scrollRestoration === "manual") page.getElementById(location.hash.slice(1))?.scrollIntoView();
  page.addEventListener("htmx:load", (event) => { if (event.detail.elt !== page.body) prepare(event.detail.elt); });

  /* Menus close on Escape and when one looks elsewhere. */
  page.addEventListener("click", (event) => page.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }));
  page.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && page.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  /* Sharing (framing/components/_share.html): a phone's own way where it has one, and the link to copy. */
  const shared = page.getElementById("partager");
  if (shared) {
    const { url, title } = shared.dataset;
    const shows = (place) => { shared.querySelector(place).hidden = false; };
    const send = (event) => {
      event.preventDefault();
      navigator.share({ title, url }).catch((problem) => { if (problem.name !== "AbortError") location.hash = "partager"; });
    };
    if (navigator.share) {
      shows("[data-with-sheet]");
      page.addEventListener("click", (event) => { if (event.target.closest("[data-sheet], a[data-share]")) send(event); });
    }
    if (navigator.clipboard) {
      shows("[data-with-copy]");
      const said = shared.querySelector("[data-copied]");
      shared.querySelector("[data-copy]").addEventListener("click", () => {
        said.textContent = "";
        navigator.clipboard.writeText(url).then(() => { said.textContent = said.dataset.copied; }, () => page.getElementById("share-link").select());
      });
    }
    page.getElementById("share-link").addEventListener("focus", (event) => event.target.select());
  }
  /* The bar that keeps the reactions in reach has nothing to say while they are on the screen. */
  const reach = page.querySelector(".reach");
  if (reach) {
    new IntersectionObserver(([seen]) => reach.classList.toggle("is-reached", seen.isIntersecting))
      .observe(page.querySelector("[data-reached]"));
  }

  /* Signing out: what is typed of sheets goes, and what waits of them in this browser (sheets.js) is told first. */
  page.addEventListener("submit", (event) => {
    const words = event.target.dataset.signOut;
    if (!words) return;
    try {
      const waits = Object.keys(localStorage).some((key) => key.startsWith("sheets:") && localStorage.getItem(key) !== "[]");
      if (waits && !confirm(words)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
      Object.keys(sessionStorage).filter((key) => key.startsWith("sheets:")).forEach((key) => sessionStorage.removeItem(key));
    } catch { /* a browser that keeps nothing */ }
  }, true);

  /* The same page in another language is another address: what was typed goes along, field by field, and is forgotten
     on arrival. Neither passwords nor files. */
  const typedFields = () => [...page.querySelectorAll("form[method=post] :is(input, textarea, select)")]
    .filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));
  page.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[hreflang]");
    if (!link) return;
    const fields = typedFields().map(({ name, value, checked }) => ({ name, value, checked: Boolean(checked) }));
    try {
      if (fields.length) sessionStorage.setItem("typed", JSON.stringify({ path: link.pathname, fields }));
    } catch { /* a browser that keeps nothing */ }
  });
  function typeAgain() {
    const { path, fields } = JSON.parse(sessionStorage.getItem("typed") ?? "{}");
    sessionStorage.removeItem("typed");
    if (path !== location.pathname) return;
    typedFields().forEach((field) => {
      const place = fields.findIndex(({ name }) => name === field.name);
      if (place < 0) return;
      const [{ value, checked }] = fields.splice(place, 1);
      if (["radio", "checkbox"].includes(field.type)) field.checked = checked;
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  try { typeAgain(); } catch { /* the same */ }

  /* While a page comes, the browser looks for the place that its address names, and takes the focus there. */
  if (location.hash) addEventListener("load", () => setTimeout(() => page.querySelector("[data-focus]")?.focus()));
  prepare(page);
})();
