// One conversation: renewed as it changes, without touching what is being written.
"use strict";

const talk = document.getElementById("talk");
const RENEW_AFTER_MS = 100;
let renewing = null;

function toEnd() {
  talk.scrollTop = talk.scrollHeight;
}

async function renew() {
  renewing = null;
  const answer = await fetch(talk.dataset.part, { headers: { "X-By-Itself": "1" } });
  if (!answer.ok || answer.redirected) return;
  const newest = await answer.text();
  const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
  const open = [...talk.querySelectorAll(".bubble:has(details[open])")].map((each) => each.id);
  talk.innerHTML = newest;
  for (const id of open) document.getElementById(id)?.querySelector("details")?.setAttribute("open", "");
  if (atEnd) toEnd();
  const now = talk.querySelector("[data-composer-now]")?.dataset.composerNow;
  const composer = document.querySelector("[data-composer]");
  // Somebody else took over, or the person stopped: what the composer offers is over.
  if (composer && now && composer.dataset.composer !== now && !document.getElementById("text")?.value) {
    location.reload();
  }
}

document.addEventListener("henji:changed", (event) => {
  const ids = event.detail.ids;
  if (ids && !ids.includes(Number(talk.dataset.conversation))) return;
  if ("latest" in talk.dataset && !renewing) renewing = setTimeout(renew, RENEW_AFTER_MS);
});

document.addEventListener("keydown", (event) => {
  const text = document.getElementById("text");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === text) {
    document.getElementById("reply").requestSubmit();
    return;
  }
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey) return;
  if (event.key === "r" && text) text.focus();
  else if (event.key === "t") document.querySelector("[data-key=t]")?.focus();
  else if (event.key === "u") document.querySelector("[data-back]").click();
  else return;
  event.preventDefault();
});

// What is missing is told in the place that the answer names.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status === 422 && detail.xhr.getResponseHeader("HX-Retarget")) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

// Pressed twice, it is still one reply.
let sending = false;
document.getElementById("reply")?.addEventListener("submit", (event) => {
  if (sending) event.preventDefault();
  sending = true;
});

const before = sessionStorage.getItem("henji-list");
if (before) document.querySelector("[data-back]").href = before;
if ("latest" in talk.dataset) toEnd();
