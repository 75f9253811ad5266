// Only what htmx cannot do: where focus goes, what is said aloud, and keeping typed text when a session ends.
const KEPT = "accord:kept:" + location.pathname;
const SENT = "accord:sent";
const PRIVATE = new Set(["hidden", "password", "file", "submit", "button"]);

let held = false;

function announce(words) {
  const status = document.getElementById("status");
  if (!held && status.textContent === words) return;
  status.textContent = "";
  setTimeout(() => { status.textContent = words; }, 100);
}

function attend(region) {
  const said = region.matches("[data-announce]") ? region : region.querySelector("[data-announce]");
  if (said) announce(said.dataset.announce);
  const problems = region.querySelector(".error-summary");
  if (problems) problems.focus();
  return Boolean(problems);
}

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

document.addEventListener("htmx:before:swap", (event) => {
  const { target } = event.detail.ctx;
  held = document.activeElement !== document.body && target instanceof Element && target.contains(document.activeElement);
});

// A region that polls must neither take the focus nor repeat itself: only what held the focus gives it on.
document.addEventListener("htmx:after:swap", (event) => {
  const { target, sourceElement } = event.detail.ctx;
  const region = typeof target === "string" ? document.querySelector(target) : (target.id && document.getElementById(target.id)) || target;
  if (!region.isConnected || attend(region) || !held || document.activeElement !== document.body) return;
  const place = (sourceElement.id && document.getElementById(sourceElement.id)) || region;
  if (!place.matches("a, button, input, select, textarea")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
});

document.addEventListener("htmx:error", () => announce("No answer came back. Check the connection and try again."));

keepWhatWasRefused();
restoreTypedText();
attend(document.getElementById("main"));
