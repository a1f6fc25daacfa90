/* The first-visit guide: whoever closed it on this device, or has done something here, does not see it again.
   Loaded before the page is drawn, so that nothing moves. Without scripts the guide is shown, quietly. */
(() => {
  "use strict";
  const root = document.documentElement;
  try {
    root.classList.add(localStorage.getItem("guide") ? "guide-closed" : "guide-closes");
  } catch { return; /* a browser that keeps nothing: as without scripts */ }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-guide-close]")) return;
    localStorage.setItem("guide", "closed");
    root.classList.replace("guide-closes", "guide-closed");
    document.getElementById("contenu").focus({ preventScroll: true });
  });
})();
