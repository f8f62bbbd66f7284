"use strict";
// Waits for news and goes on. What it reads permits nothing: the broker redeems on its own side.
(() => {
  const sheet = document.querySelector("[data-wait]");
  if (!sheet) return;
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
      if (form) form.submit();
      else if (state === "none" || !sheet.dataset.finish) location.reload();
      else if (state !== "approved") location.assign("/");
      else return; // tier returned: the app brings this browser back
      return;
    }
  };
  listen();
})();
