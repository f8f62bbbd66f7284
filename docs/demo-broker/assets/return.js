"use strict";
// #c=<challenge>&r=<token> never leaves the browser but in this form, to the page's own origin.
(() => {
  const given = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  const form = document.getElementById("return");
  form.elements.c.value = given.get("c") || "";
  form.elements.r.value = given.get("r") || "";
  form.submit();
})();
