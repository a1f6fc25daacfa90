/* The sign-up builds its preview as one types, and the steps of a start are said once each. The pages work without. */
(() => {
  "use strict";
  const page = document;
  const name = page.getElementById("id_authority_name");
  const slug = page.getElementById("id_slug");

  /* As the server does it (onboarding.web.forms.suggested_slug). */
  const slugOf = (words) => words
    .normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/[^a-z0-9\s-]/g, "").trim().replace(/[\s-]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "");

  function show(what, words) {
    page.querySelectorAll(`[data-preview="${what}"]`).forEach((place) => {
      place.textContent = words.trim() || place.dataset.empty;
    });
  }

  if (name && slug) {
    let suggested = slugOf(name.value);
    name.addEventListener("input", () => {
      /* An address that was chosen by hand is left alone. */
      if (slug.value === suggested || !slug.value) slug.value = slugOf(name.value);
      suggested = slugOf(name.value);
      show("name", name.value);
      show("slug", slug.value);
    });
    slug.addEventListener("input", () => show("slug", slug.value.toLowerCase()));
  }

  const said = page.getElementById("progress-said");
  if (said) {
    page.addEventListener("htmx:load", () => {
      const words = page.getElementById("progress")?.dataset.said ?? "";
      if (said.textContent !== words) said.textContent = words;
    });
  }
})();
