/* A long text without a draft on the server stays in this tab until it is sent: <form data-keep="name of the text">,
   and inside it a notice [data-kept] with a button [data-kept-forget]. What comes back refused (data-refused) is newer. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-keep]");
  const key = `keep:${location.pathname}:${form.dataset.keep}`;
  const fields = [...form.querySelectorAll("textarea, input[type=text]")];
  const notice = form.querySelector("[data-kept]");
  const typed = () => JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value])));
  const sent = fields.map((field) => field.value);
  const fill = (value) => fields.forEach((field, place) => {
    field.value = value(field, place);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  try {
    const kept = sessionStorage.getItem(key);
    if (kept && kept !== typed() && !("refused" in form.dataset)) {
      const words = JSON.parse(kept);
      fill((field) => words[field.name] ?? field.value);
      notice.hidden = false;
    }
    form.addEventListener("input", () => sessionStorage.setItem(key, typed()));
    form.querySelector("[data-kept-forget]").addEventListener("click", () => {
      fill((_field, place) => sent[place]);
      sessionStorage.removeItem(key);
      notice.hidden = true;
      fields[0].focus();
    });
  } catch { /* a browser that keeps nothing: the page works without */ }
})();
