// Tells the page which conversations changed: by a stream, or by asking where there is none.
"use strict";

const POLL_MS = 2000;
const STREAM_AGAIN_MS = 30000;
// A stream that ends comes back by itself sooner than this, unless the server is away.
const AWAY_AFTER_MS = 3000;
const sign = document.querySelector("[data-live]");
let stream = null;
let since = sign?.dataset.since;
let polling = null;
let again = null;
let away = null;
let opened = 0;

function announce(ids) {
  document.dispatchEvent(new CustomEvent("henji:changed", { detail: { ids } }));
}

function show(state) {
  // Who has the page read to them shall hear of a change once.
  if (sign.dataset.state === state) return;
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
    if (polling) show("slow");
  } catch {
    if (polling) show("off");
  }
}

function stopAsking() {
  clearInterval(polling);
  polling = null;
}

function poll() {
  clearTimeout(again);
  again = setTimeout(listen, STREAM_AGAIN_MS);
  if (polling) return;
  polling = setInterval(ask, POLL_MS);
  if (opened) announce(null);
  ask();
}

function isNotAway() {
  clearTimeout(away);
  away = null;
}

function listen() {
  if (stream || document.hidden) return;
  const mine = new EventSource(sign.dataset.live);
  stream = mine;
  mine.addEventListener("open", () => {
    stopAsking();
    isNotAway();
    show("on");
    // Whatever happened while there was no stream, or while the page was on its way.
    if (opened++) announce(null);
    else ask();
  });
  mine.addEventListener("changed", (event) => announce(JSON.parse(event.data).ids));
  mine.addEventListener("error", () => {
    if (mine.readyState !== EventSource.CLOSED) {
      away ??= setTimeout(show, AWAY_AFTER_MS, "off");
      return;
    }
    isNotAway();
    stream = null;
    poll();
  });
}

// Streams are few, and a browser opens six at the most: a page that nobody sees needs none.
function leave() {
  stream?.close();
  stream = null;
  stopAsking();
  isNotAway();
  clearTimeout(again);
}

if (sign) {
  listen();
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", ({ persisted }) => persisted && listen());
}
