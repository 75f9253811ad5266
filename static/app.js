// Only what htmx cannot do: where focus goes, what is said aloud, and that something takes longer than a second.
let held = false, slow;

function work({ hidden }) { clearTimeout(slow); document.getElementById("working").hidden = hidden; }

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

document.addEventListener("htmx:before:swap", (event) => {
  const { target } = event.detail.ctx;
  held = document.activeElement !== document.body && target instanceof Element && target.contains(document.activeElement);
});

// A region that polls must neither take the focus nor repeat itself: only what held the focus gives it on.
document.addEventListener("htmx:after:swap", (event) => {
  const { target, sourceElement } = event.detail.ctx;
  const region = typeof target === "string" ? document.querySelector(target) : (target.id && document.getElementById(target.id)) || target;
  if (sourceElement.matches("a")) region.scrollIntoView({ block: "nearest" });
  if (!region.isConnected || attend(region) || !held || document.activeElement !== document.body) return;
  const place = (sourceElement.id && document.getElementById(sourceElement.id)) || region;
  if (!place.matches("a, button, input, select, textarea")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
});

for (const start of ["submit", "click"]) addEventListener(start, ({ type, target }) => {
  if (type === "submit" || target.closest("[data-slow]")) slow = setTimeout(work, 1000, { hidden: false });
});
for (const end of ["htmx:finally:request", "pageshow"]) addEventListener(end, () => work({ hidden: true }));

document.addEventListener("htmx:error", () => announce("No answer came back. Check the connection and try again."));

attend(document.getElementById("main"));
