/* The desk of moderation, whose keys are those of keys.js. The page works without. */
(() => {
  "use strict";
  const page = document;

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
  });

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
