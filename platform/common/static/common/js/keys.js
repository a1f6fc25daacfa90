/* A desk from the keyboard. A key does what pressing the thing does that shows it (data-key); outside text fields
   only, and not on a device where somebody has turned keys off (WCAG 2.1.4). Where a page has several alike
   (data-keyed), J and K go from one to the next, and the other keys are those of the one that has the focus.
   The page works without. */
(() => {
  "use strict";
  const page = document;
  const TEXT = "textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])";
  const OFF = "moderation-keys-off";
  const isOff = () => { try { return Boolean(localStorage.getItem(OFF)); } catch { return false; } };
  const shown = (thing) => Boolean(thing.offsetParent) || thing.getClientRects().length > 0;
  const free = (thing) => !thing.closest("[data-keyed]");
  const keyed = (key) => {
    const wanted = `[data-key="${CSS.escape(key.length === 1 ? key.toUpperCase() : key)}"]`;
    return page.activeElement?.closest("[data-keyed]")?.querySelector(wanted)
      ?? [...page.querySelectorAll(wanted)].filter(free).find(shown)
      /* The queue beside a text is folded on a narrow screen: its links lead on all the same. */
      ?? [...page.querySelectorAll(`a${wanted}`)].find(free);
  };
  const neighbour = (key) => {
    const all = [...page.querySelectorAll("[data-keyed]")];
    const here = all.indexOf(page.activeElement?.closest("[data-keyed]"));
    return { j: all[here + 1], k: all[here < 0 ? all.length - 1 : here - 1] }[key.toLowerCase()];
  };

  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing || event.repeat || isOff()) return;
    if (event.target.matches?.(TEXT)) return;
    const help = page.querySelector("[data-keys]");
    if (event.key === "?" && help && !event.altKey) {
      help.closest("details:not([data-keys])")?.setAttribute("open", "");
      help.open = true;
      help.querySelector("summary").focus();
      event.preventDefault();
      return;
    }
    if (event.altKey ? !event.key.startsWith("Arrow") : event.key.length !== 1) return;
    const next = event.altKey ? null : neighbour(event.key);
    const thing = next ?? keyed(event.altKey ? `Alt+${event.key}` : event.key);
    if (!thing) return;
    event.preventDefault();
    thing.closest("details")?.setAttribute("open", "");
    if (next || thing.type === "radio") thing.focus();
    if (next) thing.scrollIntoView({ block: "nearest" });
    else thing.click();
  });

  page.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-off]")) return;
    try {
      if (event.target.checked) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    } catch { /* a browser that keeps nothing has keys */ }
  });
  page.querySelectorAll("[data-keys]").forEach((keys) => { keys.hidden = false; });
  page.querySelectorAll("[data-keys-off]").forEach((box) => { box.checked = isOff(); });
})();
