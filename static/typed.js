// Keeps what somebody has typed when the session ends in the middle of it; needs announce() of app.js.
const KEPT = "accord:kept:" + location.pathname;
const SENT = "accord:sent";
const PRIVATE = new Set(["hidden", "password", "file", "submit", "button"]);

function typedInto(form) {
  const fields = [...form.elements].filter((field) => field.name && !PRIVATE.has(field.type));
  return JSON.stringify(fields.map((field) => [field.name, field.value, field.checked]));
}

// A plain form leaves its page before the answer is known: what it sent is kept only if the answer says so.
function keepWhatWasRefused() {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (sent && document.querySelector("[data-session-ended]")) sessionStorage.setItem(...JSON.parse(sent));
}

function restoreTypedText() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "[]");
  sessionStorage.removeItem(KEPT);
  for (const [name, value, checked] of kept) {
    for (const field of document.querySelectorAll(`main [name="${CSS.escape(name)}"]`)) {
      if (field.type === "checkbox" || field.type === "radio") { if (field.value === value) field.checked = checked; }
      else if (!PRIVATE.has(field.type)) field.value = value;
    }
  }
  if (kept.length) announce("Your session had ended. What you typed is back; check it and send it again.");
}

document.addEventListener("htmx:before:response", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  const form = sourceElement.closest("form");
  if (response.status === 401 && form) sessionStorage.setItem(KEPT, typedInto(form));
});

document.addEventListener("submit", ({ target }) => {
  if (target.method === "post") sessionStorage.setItem(SENT, JSON.stringify([KEPT, typedInto(target)]));
});

// The page that says so can have the form's own address: what was kept is for the page after the login.
keepWhatWasRefused();
if (!document.querySelector("[data-session-ended]")) restoreTypedText();
