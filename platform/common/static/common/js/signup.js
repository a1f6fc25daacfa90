/* The sign-up builds its preview as one answers, and the steps of a start are said once each. The pages work without. */
(() => {
  "use strict";
  const page = document;
  const places = (what) => page.querySelectorAll(`[data-preview="${what}"]`);

  function show(what, words) {
    places(what).forEach((place) => { place.textContent = words.trim() || place.dataset.empty; });
  }

  const slug = page.getElementById("id_slug");
  slug?.addEventListener("input", () => show("slug", slug.value.toLowerCase()));

  /* The city's palette is a stylesheet of its own, named after its colour. */
  const colours = page.getElementById("colours");
  const colour = page.getElementById("id_colour");
  if (colours && colour) {
    colour.addEventListener("change", () => {
      colours.href = colours.dataset.pattern.replace("000000", colour.value.slice(1).toLowerCase());
    });
  }

  /* Challenges: ticked ones stand in the preview, in the order of the list; the arrows move without a reload. */
  const list = page.querySelector(".challenge-choice");
  if (list) {
    const order = page.getElementById("id_order");
    const said = page.getElementById("moved-said");
    const tileOf = (code) => page.querySelector(`[data-preview-of="${CSS.escape(code)}"]`);
    const tiles = page.querySelector(".preview__tiles");
    const follow = () => {
      const items = [...list.children];
      order.value = items.map((item) => item.dataset.code).join(",");
      items.forEach((item, place) => {
        const [up, down] = item.querySelectorAll("button[name=move]");
        up.disabled = place === 0;
        down.disabled = place === items.length - 1;
        const tile = tileOf(item.dataset.code);
        if (!tile) return;
        tile.classList.toggle("is-left-out", !item.querySelector("input[type=checkbox]").checked);
        tiles.append(tile);
      });
    };
    list.addEventListener("change", follow);
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=move]");
      if (!button) return;
      event.preventDefault();
      const item = button.closest("li");
      const up = button.value.startsWith("up:");
      if (up) item.previousElementSibling?.before(item); else item.nextElementSibling?.after(item);
      follow();
      (button.disabled ? item.querySelector("button[name=move]:not([disabled])") : button)?.focus();
      said.textContent = `${item.querySelector(".form-check-label").textContent.trim()} : ${[...list.children].indexOf(item) + 1} / ${list.children.length}`;
    });
    follow();
  }

  const progress = page.getElementById("progress-said");
  if (progress) {
    page.addEventListener("htmx:load", () => {
      const words = page.getElementById("progress")?.dataset.said ?? "";
      if (progress.textContent !== words) progress.textContent = words;
    });
  }
})();
