/* The desk of moderation from the keyboard. A key does what pressing the thing does that shows it (data-key); outside
   text fields only, and not on a device where somebody has turned keys off (WCAG 2.1.4). The page works without. */
(() => {
  "use strict";
  const page = document;
  const TEXT = "textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])";
  const OFF = "moderation-keys-off";
  const kept = { off: () => { try { return Boolean(localStorage.getItem(OFF)); } catch { return false; } } };
  const shown = (thing) => Boolean(thing.offsetParent) || thing.getClientRects().length > 0;
  const keyed = (key) => [...page.querySelectorAll(`[data-key="${CSS.escape(key.toUpperCase())}"]`)].find(shown)
    /* The queue beside a text is folded on a narrow screen: its links lead on all the same. */
    ?? page.querySelector(`a[data-key="${CSS.escape(key.toUpperCase())}"]`);

  page.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing || event.repeat || kept.off()) return;
    if (event.target.matches?.(TEXT)) return;
    const help = page.querySelector("[data-keys]");
    if (event.key === "?" && help) {
      help.closest("details:not([data-keys])")?.setAttribute("open", "");
      help.open = true;
      help.querySelector("summary").focus();
      event.preventDefault();
      return;
    }
    if (event.key.length !== 1) return;
    const thing = keyed(event.key);
    if (!thing) return;
    event.preventDefault();
    thing.click();
  });

  /* The facts follow the ground, as long as nobody has touched them. */
  const facts = page.querySelector("textarea[data-prefilled]");
  const say = (words) => {
    if (!facts || !words || facts.value !== facts.dataset.prefilled) return;
    facts.value = words;
    facts.dataset.prefilled = words;
  };
  page.addEventListener("change", (event) => {
    if (event.target.matches("[data-decide] input[name=decision]")) {
      say(page.querySelector(`.for-${event.target.value} .ground`)?.dataset.facts);
    }
    if (event.target.matches("#other-ground")) say(event.target.selectedOptions[0].dataset.facts);
    if (event.target.matches("[data-keys-off]")) {
      try {
        if (event.target.checked) localStorage.setItem(OFF, "1");
        else localStorage.removeItem(OFF);
      } catch { /* a browser that keeps nothing has keys */ }
    }
  });
  page.querySelectorAll("[data-keys]").forEach((keys) => { keys.hidden = false; });
  page.querySelectorAll("[data-keys-off]").forEach((box) => { box.checked = kept.off(); });

  /* Left, a text is free for others at once; without scripts after ten minutes. Nobody asks from a page out of sight. */
  const bench = page.querySelector("[data-leave]");
  if (bench) {
    addEventListener("pagehide", () => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", page.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
      navigator.sendBeacon(bench.dataset.leave, body);
    });
    page.addEventListener("htmx:beforeRequest", (event) => { if (page.hidden) event.preventDefault(); });
  }

  /* The ten seconds are over: what can no longer be undone is not offered. */
  const undo = page.querySelector("[data-undo]");
  if (undo) setTimeout(() => { if (!undo.contains(page.activeElement)) undo.remove(); }, 10000);
})();
