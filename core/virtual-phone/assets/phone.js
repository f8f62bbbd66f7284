// The live parts of the virtual phone's page: time left, "sending", and news from the phone. Without it everything
// still works, one page at a time.
"use strict";

const reduced = matchMedia("(prefers-reduced-motion: reduce)");

// Time left: text each second, rim each second (each ten with reduced motion), said at 60, 30 and 10 seconds only.
function countdown() {
  const begun = performance.now();
  const clocks = [...document.querySelectorAll("[data-remaining]")].map((element) => ({
    element,
    remaining: Number(element.dataset.remaining),
    whole: Number(element.dataset.whole),
  }));
  if (clocks.length === 0) return;
  const said = document.querySelector("[data-announce]");
  const step = () => {
    let open = false;
    const passed = Math.floor((performance.now() - begun) / 1000);
    for (const { element, remaining, whole } of clocks) {
      const left = Math.max(0, remaining - passed);
      open = open || left > 0;
      if (element.tagName.toLowerCase() === "circle") {
        const shown = reduced.matches ? Math.ceil(left / 10) * 10 : left;
        const share = whole > 0 ? Math.min(100, Math.round((shown / whole) * 100)) : 0;
        element.setAttribute("stroke-dasharray", `${share} 100`);
      } else {
        element.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      }
      if (said && element.dataset.main !== undefined && [60, 30, 10].includes(left)) {
        said.textContent = said.dataset.announce.replace("{n}", String(left));
      }
    }
    if (open) setTimeout(step, 1000 - ((performance.now() - begun) % 1000));
    else refresh();
  };
  step();
}

// A pressed button says that it is sending, and is not pressed twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || !button.dataset.busy) return;
  if (button.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  button.setAttribute("aria-busy", "true");
  button.textContent = button.dataset.busy;
});

// A switch takes effect when it is moved.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-switches]");
  if (form) form.requestSubmit();
});

// News: the same page is read again; if the phone's screen is another, it is shown, else only the list beside it.
let reading = false;
let again = false;
async function refresh() {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = document.querySelector("[data-screen]");
    const other = next.querySelector("[data-screen]");
    if (shown && other && shown.dataset.screen !== other.dataset.screen) {
      location.assign(answer.url);
      if (new URL(answer.url).pathname === location.pathname) location.reload();
      return;
    }
    const [trace, newer] = [document.querySelector("[data-trace]"), next.querySelector("[data-trace]")];
    if (trace && newer) trace.replaceWith(document.importNode(newer, true));
  } catch {
    // the phone has ended; the page stays as it is
  } finally {
    reading = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

countdown();

// Tier "returned": the browser goes back by itself, once the seal has been seen.
const back = document.querySelector("[data-return]");
if (back) setTimeout(() => location.assign(back.href), 1500);

// a page that is the answer to a form stays until the person goes on
if (document.querySelector("[data-follow]")) new EventSource("/events").addEventListener("changed", refresh);
