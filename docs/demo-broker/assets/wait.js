"use strict";
// Counts down, waits for news and goes on. What it reads permits nothing: the broker redeems on its own side.
(() => {
  const sheet = document.querySelector("[data-wait]");
  if (!sheet) return;

  // Time left: text each second, rim each second (each ten with reduced motion), said at 60, 30 and 10 seconds only.
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  const begun = performance.now();
  const clocks = [...document.querySelectorAll("[data-remaining]")];
  const said = document.querySelector("[data-announce]");
  const step = () => {
    const passed = Math.floor((performance.now() - begun) / 1000);
    let left = 0;
    for (const clock of clocks) {
      left = Math.max(0, Number(clock.dataset.remaining) - passed);
      if (clock.tagName.toLowerCase() === "circle") {
        const shown = reduced.matches ? Math.ceil(left / 10) * 10 : left;
        const share = Math.min(100, Math.round((shown / Number(clock.dataset.whole)) * 100));
        clock.setAttribute("stroke-dasharray", `${share} 100`);
      } else {
        clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      }
    }
    if (said && [60, 30, 10].includes(left)) said.textContent = said.dataset.announce.replace("{n}", String(left));
    if (left > 0) setTimeout(step, 1000 - ((performance.now() - begun) % 1000));
  };
  if (clocks.length > 0) step();

  // The changing code.
  const code = document.getElementById("scan-code");
  if (code) setInterval(() => { code.src = "/wait/code?" + Date.now(); }, 2000);

  const listen = async () => {
    for (;;) {
      let state;
      try {
        const answer = await fetch(sheet.dataset.wait, { cache: "no-store" });
        state = (await answer.json()).state;
      } catch {
        await new Promise((again) => setTimeout(again, 2000));
        continue;
      }
      if (state === sheet.dataset.state) continue;
      const form = sheet.dataset.finish && document.getElementById(sheet.dataset.finish);
      if (state === "approved" && sheet.dataset.returns) {
        // tier returned: the app brings this browser back
        document.querySelector("[data-now]").textContent = sheet.dataset.returns;
      } else if (form && state !== "none") {
        form.submit();
      } else {
        location.reload();
      }
      return;
    }
  };
  listen();
})();
