// The list of conversations: renewed as it changes, and walked through by keys.
"use strict";

const list = document.getElementById("list");
const RENEW_AFTER_MS = 100;
let renewing = null;

async function renew() {
  renewing = null;
  const answer = await fetch(list.dataset.part, { headers: { "X-By-Itself": "1" } });
  if (!answer.ok || answer.redirected) return;
  const newest = await answer.text();
  // Whoever has begun to decide about a line shall not lose it.
  if (list.querySelector("details[open], :checked")) return;
  const at = document.activeElement?.dataset?.conversation;
  list.innerHTML = newest;
  if (at) list.querySelector(`[data-conversation="${at}"]`)?.focus();
}

document.addEventListener("henji:changed", () => {
  if ("first" in list.dataset && !renewing) renewing = setTimeout(renew, RENEW_AFTER_MS);
});

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey) return;
  const lines = [...list.querySelectorAll("[data-conversation]")];
  const here = lines.indexOf(document.activeElement);
  if (event.key === "j") lines[Math.min(here + 1, lines.length - 1)]?.focus();
  else if (event.key === "k") lines[Math.max(here - 1, 0)]?.focus();
  else if (event.key === "x") lines[here]?.closest(".item")?.querySelector("[name=message]")?.click();
  else if (event.key === "/") document.querySelector("[data-search]")?.focus();
  else return;
  event.preventDefault();
});

// So that a conversation leads back to the list as it was.
sessionStorage.setItem("henji-list", location.href);
