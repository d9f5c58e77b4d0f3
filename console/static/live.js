// Tells the page which conversations changed: by a stream, or by asking where there is none.
"use strict";

const POLL_MS = 2000;
const STREAM_AGAIN_MS = 30000;
const sign = document.querySelector("[data-live]");
let since = "";
let polling = null;
let opened = 0;

function announce(ids) {
  document.dispatchEvent(new CustomEvent("henji:changed", { detail: { ids } }));
}

function show(state) {
  sign.dataset.state = state;
  sign.textContent = sign.dataset[state];
}

async function ask() {
  try {
    const answer = await fetch(`${sign.dataset.poll}?since=${encodeURIComponent(since)}`);
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const told = await answer.json();
    since = told.since;
    if (told.ids.length) announce(told.ids);
    show("slow");
  } catch {
    show("off");
  }
}

function poll() {
  if (polling) return;
  announce(null);
  ask();
  polling = setInterval(ask, POLL_MS);
  setTimeout(listen, STREAM_AGAIN_MS);
}

function listen() {
  const stream = new EventSource(sign.dataset.live);
  stream.addEventListener("open", () => {
    clearInterval(polling);
    polling = null;
    show("on");
    // Whatever happened while there was no stream.
    if (opened++) announce(null);
  });
  stream.addEventListener("changed", (event) => announce(JSON.parse(event.data).ids));
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) poll();
  });
  addEventListener("pagehide", () => stream.close(), { once: true });
}

if (sign) listen();
