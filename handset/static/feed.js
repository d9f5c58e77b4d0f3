// New and changed texts as they happen: by server-sent events, and by asking every two seconds
// while those do not get through.

import {get} from "./api.js";

const POLL_MS = 2000;

export function follow(revision, onMessage, onConnection) {
  let seen = revision;
  let polling = null;

  function take(message) {
    seen = Math.max(seen, message.revision);
    onMessage(message);
  }

  async function poll() {
    try {
      const {messages} = await get("/phone/changes", {since: seen});
      messages.forEach(take);
      onConnection(true);
    } catch {
      onConnection(false);
    }
  }

  function connect() {
    const source = new EventSource(`/events?since=${seen}`);
    source.addEventListener("open", () => {
      clearInterval(polling);
      polling = null;
      onConnection(true);
    });
    source.addEventListener("message", (event) => take(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      onConnection(false);
      polling ??= setInterval(poll, POLL_MS);
      // The browser gives up for good when the answer was no event stream.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, POLL_MS);
    });
  }

  connect();
}
