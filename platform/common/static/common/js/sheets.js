/* Offline entry (consultations.offline): all from the keyboard, and through a cut of the network. A sheet is taken from
   the form at once, with its key and its receipt, stays in this browser until the city has it, and is one sheet however
   often it is sent. The page works without, and in a browser that keeps nothing. */
(() => {
  "use strict";
  const page = document;
  const form = page.querySelector("form[data-sheets]");
  const one = (name) => page.querySelector(`[data-${name}]`);
  const field = (name) => form.elements.namedItem(name);
  const KEY = `sheets:${form.dataset.store}`, TYPED = `${KEY}:typed`;
  const ONCE = ["title", "solution", "problem", "benefit", "about", "name", "age_band", "capacity", "neighbourhood"];

  /* ── The keyboard, which works in a browser that keeps nothing, too ── */
  const isArgument = () => field("kind").value === "ARGUMENT";
  const first = () => (isArgument() ? field("about")
    : form.querySelector("[name=challenge]:checked") ?? form.querySelector("[name=challenge]") ?? field("solution"));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) form.requestSubmit(form.querySelector("[type=submit]:not([name])"));
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
    if (event.target.name !== "challenge") return;
    const chosen = form.querySelectorAll("[name=challenge]")[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    chosen.checked = true;
    (field("sheet").value ? field("solution") : field("sheet")).focus();
  });
  const follow = () => form.querySelectorAll("[data-of]").forEach((part) => {
    part.hidden = (part.dataset.of === "ARGUMENT") !== isArgument();
    part.querySelectorAll("[name=challenge]").forEach((choice) => { choice.required = !isArgument(); });
  });
  form.addEventListener("change", follow);
  follow();
  page.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
  page.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });

  /* ── A receipt: seven signs, and one that checks them (codes.py) ── */
  const signs = form.dataset.alphabet;
  const draw = () => {
    for (;;) {
      const drawn = [];
      while (drawn.length < 7) {
        const [byte] = crypto.getRandomValues(new Uint8Array(1));
        if (byte < 240) drawn.push(byte % 30);
      }
      const check = (31 - drawn.reduce((sum, value, place) => sum + (8 - place) * value, 0) % 31) % 31;
      if (check < 30) return [...drawn, check].map((value) => signs[value]).join("");
    }
  };
  const newKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  /* ── What this browser keeps: what waits, each sheet by itself (two tabs never overwrite each other's), of others for
     thirty days at most; what is being typed, in its tab alone ── */
  const MONTH = 30 * 24 * 3600 * 1000;
  const parsed = (text, nothing) => { try { return JSON.parse(text) ?? nothing; } catch { return nothing; } };
  const place = (key) => `${KEY}:${key}`;
  const isSheet = (sheet) => typeof sheet?.solution === "string";
  const names = () => Object.keys(localStorage).filter((name) => name.startsWith("sheets:"));
  const waiting = () => names().filter((name) => name.startsWith(place(""))).map((name) => parsed(localStorage.getItem(name), null))
    .filter(isSheet).sort((one, other) => one.since - other.since);
  const keep = (sheet) => localStorage.setItem(place(sheet.key), JSON.stringify(sheet));
  const drop = (key) => localStorage.removeItem(place(key));
  try {
    const now = Date.now();
    names().forEach((name) => {
      const found = parsed(localStorage.getItem(name), null);
      if (Array.isArray(found)) {  /* as they were kept before: all in one */
        found.filter(isSheet).forEach((sheet) => localStorage.setItem(`${name}:${sheet.key}`, JSON.stringify({ since: now, ...sheet })));
      }
      const isOver = now - found?.since >= MONTH && !name.startsWith(place(""));  /* one's own leave now */
      if (!isSheet(found) || name.endsWith(":typed") || isOver) localStorage.removeItem(name);
    });
    sessionStorage.getItem(TYPED);
  } catch { return; }
  const read = () => {
    const { csrfmiddlewaretoken, ...sheet } = Object.fromEntries(new FormData(form));
    return sheet;
  };
  const write = (sheet) => {
    for (const [name, value] of Object.entries(sheet)) {
      const found = field(name);
      if (found) found.value = value;
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /* ── Sending ── */
  const line = one("waiting"), list = one("refused");
  let state = "none", sends = false;
  const tell = () => {
    const sheets = waiting(), left = sheets.filter((sheet) => !sheet.refused).length;
    const others = names().some((name) => name.startsWith(`sheets:${form.dataset.store.split(":")[0]}:`) && !name.startsWith(place("")));
    const said = [left ? `${line.dataset.waits} ${left}.` : "", left || ["out", "full"].includes(state) ? line.dataset[state] : "", others ? line.dataset.others : ""];
    line.textContent = said.filter(Boolean).join(" ");
    line.classList.toggle("d-none", !line.textContent);
    list.replaceChildren(...sheets.filter((sheet) => sheet.refused).map(refused));
    list.classList.toggle("d-none", !list.children.length);
  };
  const refused = (sheet) => {
    const item = page.createElement("li"), all = page.createElement("div"), words = page.createElement("p"), why = page.createElement("p");
    const button = page.createElement("button");
    item.className = "notice notice--bad";
    words.textContent = sheet.solution.slice(0, 120);
    why.textContent = sheet.refused;
    button.type = "button";
    button.className = "btn btn-outline-primary";
    button.textContent = list.dataset.again;
    button.addEventListener("click", () => {
      drop(sheet.key);
      write(sheet);
      tell();
      field("solution").focus();
    });
    all.append(why, words);
    if (sheet.first) {
      const seen = Object.assign(page.createElement("a"), { href: sheet.first, target: "_blank", rel: "noopener", textContent: list.dataset.first });
      const beside = page.createElement("p");
      beside.append(seen);
      all.append(beside);
    }
    all.append(button);
    item.append(all);
    return item;
  };
  const send = async () => {
    if (sends) return;
    sends = true;
    try {
      for (let sheet; (sheet = waiting().find((each) => !each.refused));) {
        const body = new FormData();
        Object.entries(sheet).forEach(([name, value]) => body.append(name, value));
        body.append("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
        let answer, told = null;
        try {
          answer = await fetch(location.pathname, { method: "POST", body, headers: { Accept: "application/json", "X-Sheets-Of": form.dataset.store }, redirect: "manual" });
          if (answer.headers.get("Content-Type")?.startsWith("application/json")) told = await answer.json();
        } catch {
          state = "cut";
          break;
        }
        if (!told) {
          state = answer.type === "opaqueredirect" || answer.status === 403 ? "out" : "later";
          break;
        }
        state = "none";
        const isThere = localStorage.getItem(place(sheet.key)) !== null;  /* another tab may have sent it, too */
        drop(sheet.key);
        if (!answer.ok) {
          if (isThere) {
            try { keep({ ...sheet, ...told.anew, first: told.first ?? "", refused: told.message }); } catch {
              keep(sheet);
              state = "full";
              break;
            }
          }
          if (sheet.key === latest) turnedAway(sheet);
          continue;
        }
        one("last").innerHTML = told.last;
        one("pile").textContent = told.pile;
        if (sheet.key === latest) show(told.code);
        tell();
      }
    } finally {
      sends = false;
      const last = waiting().find((each) => each.key === latest && !each.refused);
      if (last && !last.sheet) show(last.code, true);
      tell();
    }
  };

  /* ── The form ── */
  /* The last sheet sent; the number that stood ready before it, and the one after it. */
  let latest = "", stood = "", ready = field("sheet").value;
  /* A receipt is worth something once the city has taken its sheet: until then it is shown as one that waits. Of a numbered
     sheet it may be printed on it: only the city knows. */
  const show = (code, waits = false) => {
    const shown = code.replace(" ", "");
    one("slip-code").textContent = `${shown.slice(0, 4)} ${shown.slice(4)}`;
    one("slip-waits").classList.toggle("d-none", !waits);
    one("slip").classList.toggle("d-none", !shown);
  };
  /* What was refused with a number of another pile does not change the number that comes next. */
  const turnedAway = (sheet) => {
    show("");
    if (field("sheet").value === ready && sheet.sheet !== stood) field("sheet").value = ready = stood;
  };
  const next = () => {
    ONCE.forEach((name) => { if (field(name)) field(name).value = ""; });
    const [, before, number] = /^(\D*?)0*(\d{1,10})$/.exec(field("sheet").value.trim()) ?? [];
    field("sheet").value = number && !/[^\s°ºno.#]/i.test(before) ? Number(number) + 1 : "";
    [stood, ready] = [ready, field("sheet").value];
    field("key").value = newKey();
    field("code").value = draw();
    page.querySelector("#close").replaceChildren();
    form.querySelectorAll("textarea").forEach((area) => area.dispatchEvent(new Event("input", { bubbles: true })));
    sessionStorage.removeItem(TYPED);
    first().focus();
  };
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name) { sessionStorage.removeItem(TYPED); return; }
    if (!form.reportValidity()) { event.preventDefault(); return; }
    const sheet = { ...read(), since: Date.now() };
    try { keep(sheet); } catch {
      /* Nothing more fits in here: it leaves as from a browser that keeps nothing, or stays where it was typed. */
      if (navigator.onLine) { sessionStorage.removeItem(TYPED); return; }
      event.preventDefault();
      state = "full";
      tell();
      return;
    }
    event.preventDefault();
    latest = sheet.key;
    show("");
    next();
    send();
  });
  const sent = read();
  form.addEventListener("input", () => {
    try { sessionStorage.setItem(TYPED, JSON.stringify(read())); } catch { /* it is still in the form */ }
  });

  /* Not its key nor its receipt: a tab may be a copy of another one. */
  const { key, code, ...typed } = parsed(sessionStorage.getItem(TYPED), {});
  const isFree = !location.search.includes("reprendre") && !form.querySelector(".is-invalid, [aria-invalid=true]");
  if (isFree && typeof typed.solution === "string" && typed.solution !== sent.solution) write(typed);
  first().focus();
  /* What is asked while one types does not lead away from it, once the session is over. */
  page.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Redirect")) return;
    event.preventDefault();
    state = "out";
    tell();
  });
  addEventListener("online", send);
  /* In another tab something was kept, sent or refused. */
  addEventListener("storage", (event) => {
    if (!event.key?.startsWith(place(""))) return;
    const last = waiting().find((sheet) => sheet.key === latest);
    if (!last) one("slip-waits").classList.add("d-none");
    else if (last.refused) show("");
    tell();
  });
  setInterval(() => { if (waiting().some((sheet) => !sheet.refused)) send(); }, 10000);
  tell();
  send();
})();
