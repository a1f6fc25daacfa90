/* Passkeys (WebAuthn): the form is sent with what the device answered. And the buttons beside keys and codes. */
(() => {
  "use strict";
  const page = document;

  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  /* What the server says is text; what the browser wants is bytes, in these places. */
  function asked(options) {
    const publicKey = { ...options.publicKey, challenge: toBytes(options.publicKey.challenge) };
    if (publicKey.user) publicKey.user = { ...publicKey.user, id: toBytes(publicKey.user.id) };
    ["excludeCredentials", "allowCredentials"].forEach((list) => {
      if (publicKey[list]) publicKey[list] = publicKey[list].map((each) => ({ ...each, id: toBytes(each.id) }));
    });
    return { publicKey };
  }

  function answered(credential) {
    const response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach((name) => {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    });
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  page.querySelectorAll("[data-passkey]").forEach((button) => {
    if (!window.PublicKeyCredential) return;
    const { form } = button;
    button.hidden = false;
    form.querySelector("[data-passkey-impossible]").hidden = true;
    const problem = form.querySelector("[data-passkey-problem]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        const options = asked(JSON.parse(page.getElementById("passkey-options").textContent));
        form.elements.credential.value = answered(await navigator.credentials[button.dataset.passkey](options));
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  });

  page.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  page.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.text || page.getElementById(button.dataset.copy).innerText);
      button.querySelector("span").textContent = button.dataset.copied;
    });
  });
})();
